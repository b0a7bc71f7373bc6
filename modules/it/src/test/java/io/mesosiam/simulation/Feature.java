package io.mesosiam.simulation;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed has beside policies and tasks with a container each. A seed without any runs as it did before there were
 * features, and one without the last ones as it did before these: the seeds that found mistakes then still do the same.
 */
enum Feature {
    SHARED_CONTAINERS,
    LAUNCH_GRANTS,

    /** Tasks that end and are launched again at once, with their label, also while no controller sees it. */
    RESTARTS,

    /** Operators that evict hosts and revoke. */
    OPERATORS,

    /** A database that fails over to a standby which has not the latest commits about leases and claims. */
    LOST_COMMITS,

    /** Executors, and processes that reach a Mesos agent's port, which state another container for a task. */
    FORGED_STATUSES;

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

    /** The features of a seed before this one was there: with them it replays as it ran then. */
    static Set<Feature> before(Feature feature, long seed) {
        Set<Feature> some = of(seed);
        some.removeIf(each -> each.compareTo(feature) >= 0);
        return some;
    }
}
