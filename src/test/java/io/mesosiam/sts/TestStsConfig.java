package io.mesosiam.sts;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Settings for an STS at that address, with short time limits. */
record TestStsConfig(Optional<URI> endpoint) implements StsConfig {
    TestStsConfig(URI at) {
        this(Optional.of(at));
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
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration callTimeout() {
        return Duration.ofSeconds(4);
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
