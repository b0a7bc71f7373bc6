package io.mesosiam.policy.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings for reading policies, and for self-asserted values. */
@ConfigMapping(prefix = "mesos-iam.policy")
public interface PolicyConfig {
    /**
     * Interval at which the version is read, in addition to notifications. A change whose notification is lost takes
     * effect after at most this time. Default 5 s.
     */
    @WithDefault("5s")
    Duration pollInterval();

    /** Time limit for one answer of the database, after which it counts as unavailable. Default 10 s. */
    @WithDefault("10s")
    Duration queryTimeout();

    /**
     * Whether policies give anything while Mesos doesn't enforce framework principals, so that every selector's value
     * is chosen by the task's framework. Default false: nothing is issued in that case.
     */
    @WithDefault("false")
    boolean acceptSelfAsserted();
}
