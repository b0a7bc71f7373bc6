package io.mesosiam.revoke;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Settings for denying sessions at AWS. */
@ConfigMapping(prefix = "mesos-iam.revoke")
public interface RevokeConfig {
    /**
     * Name of the role that exists in each account for this purpose alone, and that the controllers assume for it. Without
     * it, sessions can't be denied at AWS.
     */
    Optional<String> roleName();

    /** URL of IAM, for a private endpoint. By default the public endpoint of the role's partition. */
    Optional<URI> endpoint();

    /** Time limit for one call to IAM or STS. */
    @WithDefault("10s")
    Duration callTimeout();

    /** How often rows are looked for, in addition to LISTEN: the longest delay of a removal and of another attempt. */
    @WithDefault("5s")
    Duration pollInterval();
}
