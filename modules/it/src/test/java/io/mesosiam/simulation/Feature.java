package io.mesosiam.simulation;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A part of the product that a seed uses beside policies and tasks with a container each. A seed without any runs as it did
 * before there were features: the seeds that found mistakes then still do the same.
 */
enum Feature {
    SHARED_CONTAINERS,
    LAUNCH_GRANTS;

    /** The features of a seed: three of four seeds have each. */
    static Set<Feature> of(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        Set<Feature> some = EnumSet.noneOf(Feature.class);
        for (Feature feature : values()) {
            if (random.nextInt(4) > 0) {
                some.add(feature);
            }
        }
        return some;
    }
}
