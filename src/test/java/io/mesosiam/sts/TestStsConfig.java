package io.mesosiam.sts;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings for an STS at that address.
 *
 * @param callTimeout of two attempts
 */
public record TestStsConfig(Optional<URI> endpoint, Duration callTimeout) implements StsConfig {
    private static final Duration SHORT = Duration.ofSeconds(4);

    /** Settings with short time limits. */
    TestStsConfig(URI at) {
        this(Optional.of(at));
    }

    /** Settings with short time limits. */
    TestStsConfig(Optional<URI> endpoint) {
        this(endpoint, SHORT);
    }

    @Override
    public Optional<String> region() {
        return Optional.of("eu-west-1");
    }

    @Override
    public Duration connectTimeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration attemptTimeout() {
        return callTimeout.dividedBy(2);
    }

    @Override
    public int callsPerSecond() {
        return 300;
    }

    @Override
    public Duration longestQueue() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Duration longestSession() {
        return Duration.ofHours(1);
    }
}
