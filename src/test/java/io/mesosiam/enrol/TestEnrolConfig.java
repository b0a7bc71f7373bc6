package io.mesosiam.enrol;

import io.mesosiam.enrol.ec2.Ec2Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of enrolment, for tests: the port is open, at a free number. */
public record TestEnrolConfig(Optional<Path> keyFile, int requestsPerMinute, Ec2Config ec2) implements EnrolConfig {
    @Override
    public Optional<Boolean> enabled() {
        return Optional.of(true);
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return 0;
    }

    @Override
    public Duration certificateLifetime() {
        return Duration.ofHours(24);
    }

    @Override
    public int requestsPerSecond() {
        return 10_000;
    }
}
