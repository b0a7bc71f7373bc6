package io.mesosiam.channel;

import io.mesosiam.fakes.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The certificates of the channel and of its agents, for tests, which share them. */
record ChannelCertificates(
        TestCa ca,
        TestCa.Identity controller,
        TestCa.Identity host1,
        TestCa.Identity host2,
        TestCa otherCa,
        TestCa.Identity stranger,
        TestCa.Identity expired,
        TestCa.Identity nameless) {
    static ChannelCertificates make() {
        Path directory = directory("channel-ca");
        Path otherDirectory = directory("channel-other-ca");
        TestCa ca = TestCa.in(directory);
        TestCa other = TestCa.in(otherDirectory);
        ChannelCertificates made = new ChannelCertificates(
                ca,
                ca.issue("dns:localhost"),
                ca.issue("dns:host-1.example.com"),
                ca.issue("ip:10.0.0.2"),
                other,
                other.issue("dns:host-1.example.com"),
                ca.issueExpired("dns:host-1.example.com"),
                ca.issueWithoutNames("host-1.example.com"));
        deleteOnExit(directory);
        deleteOnExit(otherDirectory);
        return made;
    }

    /** The files of the agents' port. */
    CertificateFiles files() {
        return new CertificateFiles(
                Optional.of(controller.certificate()),
                Optional.of(controller.key()),
                Optional.of(ca.certificateFile()));
    }

    private static Path directory(String name) {
        try {
            return Files.createTempDirectory(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes on exit in reverse order of registration: the content before the directory. */
    private static void deleteOnExit(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            all.forEach(path -> path.toFile().deleteOnExit());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
