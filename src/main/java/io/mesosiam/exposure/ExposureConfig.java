package io.mesosiam.exposure;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the search for hosts that are not naked. */
@ConfigMapping(prefix = "mesos-iam.exposure")
public interface ExposureConfig {
    /** Whether hosts are instructed, at their connection and then daily, to try the roles that policies name with their own role. */
    @WithDefault("false")
    boolean tryRoles();

    /** AssumeRole calls in a second that are instructed for this, over all controllers of the database. */
    @WithDefault("5")
    int triesPerSecond();
}
