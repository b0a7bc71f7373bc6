package io.mesosiam.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How policies are read and how far they are believed. */
@ConfigMapping(prefix = "mesos-iam.policy")
public interface PolicyConfig {
    /**
     * How often the version is looked at, beside listening for changes: the longest that a change whose notification is
     * lost waits. Default 5 s.
     */
    @WithDefault("5s")
    Duration pollInterval();

    /** How long one answer of the database may take before it counts as away. Default 10 s. */
    @WithDefault("10s")
    Duration queryTimeout();

    /**
     * Whether policies give anything where Mesos doesn't enforce framework principals, so that every selector is the word
     * of the task's own framework. Default false: nothing is issued there.
     */
    @WithDefault("false")
    boolean acceptSelfAsserted();
}
