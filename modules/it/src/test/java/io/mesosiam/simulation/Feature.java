package io.mesosiam.simulation;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed has beside policies and tasks with a container each. A seed without any runs as it did before there were
 * features, and one without the last as it did before that: the seeds that found mistakes then still do the same.
 */
enum Feature {
    SHARED_CONTAINERS,
    LAUNCH_GRANTS,

    /** Tasks that end and are launched again at once, with their label, also while no controller sees it. */
    RESTARTS;

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

    /** The features of a seed before there were restarts: with them it replays as it ran then. */
    static Set<Feature> withoutRestarts(long seed) {
        Set<Feature> some = of(seed);
        some.remove(RESTARTS);
        return some;
    }
}
