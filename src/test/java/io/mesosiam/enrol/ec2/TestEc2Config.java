package io.mesosiam.enrol.ec2;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the proof by an instance, for tests. */
public record TestEc2Config(
        Optional<List<String>> accounts,
        Optional<List<String>> tags,
        Optional<Path> certificatesFile,
        Optional<URI> endpoint,
        Duration callTimeout)
        implements Ec2Config {
    /** No host enrols by an instance. */
    public static Ec2Config off() {
        return new TestEc2Config(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(4));
    }

    /** Instances of account 111122223333 may enrol. */
    public static TestEc2Config on(URI endpoint, Path certificates) {
        return new TestEc2Config(
                Optional.of(List.of("111122223333")),
                Optional.empty(),
                Optional.of(certificates),
                Optional.of(endpoint),
                Duration.ofSeconds(4));
    }

    public TestEc2Config within(Duration limit) {
        return new TestEc2Config(accounts, tags, certificatesFile, endpoint, limit);
    }

    public TestEc2Config withAccounts(String... those) {
        return new TestEc2Config(Optional.of(List.of(those)), tags, certificatesFile, endpoint, callTimeout);
    }

    @Override
    public Optional<List<String>> vpcs() {
        return Optional.empty();
    }

    @Override
    public Optional<List<String>> subnets() {
        return Optional.empty();
    }

    @Override
    public Optional<List<String>> images() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> launchedWithin() {
        return Optional.empty();
    }

    @Override
    public Optional<String> hostnameTag() {
        return Optional.empty();
    }

    @Override
    public Duration pollInterval() {
        return Duration.ofMinutes(1);
    }
}
