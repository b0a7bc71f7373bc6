package io.mesosiam.loglimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the log. */
@ConfigMapping(prefix = "mesos-iam.log")
public interface LogConfig {
    /** Whether each line of the log is a JSON object. Default false. */
    @WithDefault("false")
    boolean json();
}
