package io.mesosiam.sts;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings for calls to STS. The controller's own credentials come from the AWS SDK's default chain: environment, web
 * identity, profile files, container, instance profile.
 */
@ConfigMapping(prefix = "mesos-iam.sts")
public interface StsConfig {
    /**
     * Region of STS for policies that name none. By default the region that the SDK finds: AWS_REGION, the profile, the
     * instance's own.
     */
    Optional<String> region();

    /** URL of STS for every region, for a private endpoint. By default each region's public endpoint. */
    Optional<URI> endpoint();

    /** Time limit for opening a connection to STS. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** Time limit for one response of STS. */
    @WithDefault("15s")
    Duration attemptTimeout();

    /** Time limit for a complete call, including fetching the controller's own credentials. */
    @WithDefault("20s")
    Duration callTimeout();

    /**
     * AssumeRole calls per second in each region. AWS counts them against the calling account, whose quota is usually
     * 600; the remainder is for the account's other callers.
     */
    @WithDefault("300")
    int callsPerSecond();

    /** Maximum time for which a request waits in the queue before it fails and is retried later. */
    @WithDefault("30s")
    Duration longestQueue();

    /**
     * Limit to which longer sessions are shortened. AWS limits sessions to one hour if the caller itself uses a role's
     * credentials, as with an instance profile or a hub role. Raise it only if the controller is an IAM user.
     */
    @WithDefault("1h")
    Duration longestSession();
}
