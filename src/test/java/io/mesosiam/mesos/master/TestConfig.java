package io.mesosiam.mesos.master;

import io.mesosiam.fakes.TimeLimit;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of a watch: the product's defaults except for what a test sets. */
record TestConfig(
        List<URI> masters,
        Map<String, URI> aliases,
        Optional<String> principal,
        Optional<Path> secretFile,
        Optional<Path> caFile,
        Optional<Path> certificateFile,
        Optional<Path> keyFile)
        implements MesosConfig {
    static TestConfig of(URI... masters) {
        return new TestConfig(
                List.of(masters),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    TestConfig alias(String name, URI target) {
        return new TestConfig(masters, Map.of(name, target), principal, secretFile, caFile, certificateFile, keyFile);
    }

    TestConfig credential(String name, Path file) {
        return new TestConfig(masters, aliases, Optional.of(name), Optional.of(file), caFile, certificateFile, keyFile);
    }

    TestConfig trusting(Path ca) {
        return new TestConfig(masters, aliases, principal, secretFile, Optional.of(ca), certificateFile, keyFile);
    }

    TestConfig certified(Path certificate, Path key) {
        return new TestConfig(
                masters, aliases, principal, secretFile, caFile, Optional.of(certificate), Optional.of(key));
    }

    @Override
    public Optional<List<String>> alias() {
        return Optional.empty();
    }

    @Override
    public StreamMode stream() {
        return StreamMode.AUTO;
    }

    @Override
    public Duration pollInterval() {
        return Duration.ofSeconds(60);
    }

    @Override
    public Duration pollAloneInterval() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration connectTimeout() {
        return TimeLimit.seconds(5);
    }

    @Override
    public Duration readTimeout() {
        return TimeLimit.seconds(30);
    }

    @Override
    public int heartbeatMisses() {
        return 5;
    }

    @Override
    public long maxSnapshotBytes() {
        return 1 << 20;
    }

    @Override
    public long maxRecordBytes() {
        return 1 << 16;
    }
}
