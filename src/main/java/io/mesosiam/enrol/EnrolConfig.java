package io.mesosiam.enrol;

import io.mesosiam.enrol.ec2.Ec2Config;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of the enrolment of hosts. */
@ConfigMapping(prefix = "mesos-iam.enrol")
public interface EnrolConfig {
    /**
     * Whether the enrolment port is open. By default it opens when there is an authority and {@code key-file} opens its key.
     */
    Optional<Boolean> enabled();

    /** The address that the enrolment port listens on. */
    @WithDefault("0.0.0.0")
    String host();

    /** The enrolment port; 0 lets the system choose. */
    @WithDefault("8444")
    int port();

    /**
     * File with the 32 random bytes that seal the private keys of intermediates in the database; {@code mesos-iam ca init}
     * makes it. The same file on each controller. Read again every 10 s.
     */
    Optional<Path> keyFile();

    /** How long a host's certificate is valid. The agent replaces it at about half of that. */
    @WithDefault("24h")
    Duration certificateLifetime();

    /** Requests that one address may make in a minute; more are answered 429. For IPv6 a network of 64 bits counts as one. */
    @WithDefault("20")
    int requestsPerMinute();

    /** Requests of all addresses in a second; more are answered 429. */
    @WithDefault("50")
    int requestsPerSecond();

    /** Settings of the proof by an EC2 instance. */
    Ec2Config ec2();
}
