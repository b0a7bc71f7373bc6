package io.mesosiam.preview.live;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How many live leases a change of policies may end without a confirmation. */
@ConfigMapping(prefix = "mesos-iam.blast-radius")
public interface BlastRadiusConfig {
    /** The most live leases that one request may end without a confirmation. */
    @WithDefault("100")
    int leases();

    /** The largest part of all live leases that one request may end without a confirmation, in percent. */
    @WithDefault("25")
    int percent();
}
