package io.mesosiam.sts;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How STS is asked. The credentials that it is asked with come from the AWS SDK's default chain: environment, web
 * identity, profile files, container, instance profile.
 */
@ConfigMapping(prefix = "mesos-iam.sts")
public interface StsConfig {
    /**
     * The region whose STS is asked where a policy names none. By default the one that the SDK finds: AWS_REGION, the
     * profile, the instance's own.
     */
    Optional<String> region();

    /** Another address for STS in every region, for a private endpoint. By default each region's own public one. */
    Optional<URI> endpoint();

    /** How long a connection to STS may take to open. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** How long STS may take to answer. */
    @WithDefault("5s")
    Duration attemptTimeout();

    /** How long a call may take in all, fetching the controller's own credentials included. */
    @WithDefault("10s")
    Duration callTimeout();

    /**
     * AssumeRole calls a second in each region. AWS counts them against the calling account, whose quota is usually 600;
     * the rest is left to the account's other callers.
     */
    @WithDefault("300")
    int callsPerSecond();

    /** How long an ask may queue for its turn before it is told to come again. */
    @WithDefault("30s")
    Duration longestQueue();

    /**
     * What longer sessions are cut to. AWS gives an hour at most to a caller that itself holds a role's credentials, as
     * every caller with an instance profile or a hub role does; raise it only where the controller is an IAM user.
     */
    @WithDefault("1h")
    Duration longestSession();
}
