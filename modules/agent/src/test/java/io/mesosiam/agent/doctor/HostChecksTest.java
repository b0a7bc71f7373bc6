package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The doctor's checks against files that represent a host's. */
class HostChecksTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "'', OK, no answer",
        "'HTTP/1.1 404 Not Found\r\nContent-type: application/json\r\n\r\n{\"code\":\"NotFound\"}', OK, the agent answers",
        "'HTTP/1.1 200 OK\r\n\r\n1.0\nlatest', FAILURE, another program",
        "'{\"code\":', FAILURE, another program"
    })
    void otherProgramAtTheMetadataAddressIsAFailure(String answer, Level level, String text) {
        var finding =
                ExposureCheck.finding(new ContainerReach.Tried("c", "fd00:ec2::254", ContainerReach.answer(answer)));

        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.text()).contains(text);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 403 Forbidden\r\n\r\n{\"code\":\"UnknownCaller\"}', OK, the agent answers on",
        "'HTTP/1.1 200 OK\r\n\r\nhello', FAILURE, another program than the agent answers on",
        "'', FAILURE, 'a socket listens on'"
    })
    void listeningSocketWithoutTheAgentIsAFailure(String answer, Level level, String text) throws Exception {
        try (var server = new ServerSocket(0, 2, InetAddress.ofLiteral("127.0.0.1"))) {
            var answering = Thread.ofVirtual().start(() -> answerTwo(server, answer));

            var finding =
                    new PortCheck(server.getLocalPort(), Place.HOST).findings().getFirst();

            assertThat(finding.level()).isEqualTo(level);
            assertThat(finding.text()).contains(text);
            answering.join();
        }
    }

    /** Accepts twice: the check first only tests whether a program listens. */
    private static void answerTwo(ServerSocket server, String answer) {
        for (int i = 0; i < 2; i++) {
            try (var caller = server.accept()) {
                var ignored = caller.getInputStream().read(new byte[1024]);
                caller.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5.14.0-503.el9.x86_64, true",
        "6.1.0-18-amd64, true",
        "6.8, true",
        "6.9.0, false",
        "6.18.44, false",
        "10.0-rc1, false"
    })
    void kernelThatAnswersOneQueryForSocketsAtATimeIsNamed(String release, boolean oneAtATime) {
        assertThat(new KernelCheck(release).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.text().contains("before 6.9")).isEqualTo(oneAtATime);
        });
        assertThat(new KernelCheck("unknown").findings()).isEmpty();
    }

    @Test
    void portWithoutAListenerIsAFailure() throws IOException {
        int port = TestPort.claim();

        assertThat(new PortCheck(port, Place.HOST).findings().getFirst().text())
                .startsWith("no program listens on " + port);
    }

    @Test
    void cgroupVersionIsReportedAndAMissingRootIsAWarning() throws IOException {
        assertThat(cgroups().level()).isEqualTo(Level.FAILURE);

        Files.createDirectory(root.resolve("freezer"));
        assertThat(cgroups().level()).isEqualTo(Level.WARNING);
        assertThat(cgroups().text()).startsWith("v1");

        Files.createDirectory(root.resolve("freezer/mesos"));
        assertThat(cgroups().level()).isEqualTo(Level.OK);

        Files.createFile(root.resolve("cgroup.controllers"));
        Files.createDirectory(root.resolve("mesos"));
        assertThat(cgroups()).isEqualTo(Finding.ok("cgroup", "v2"));
    }

    private Finding cgroups() {
        return new CgroupCheck(root, "mesos").findings().getFirst();
    }

    @Test
    void socketHeldByTheFirstProcessOutlivesTheAgent() throws IOException {
        Files.createDirectories(root.resolve("net"));
        Files.createDirectories(root.resolve("1/fd"));
        Files.writeString(root.resolve("net/tcp"), "  sl  local_address rem_address   st\n");
        Files.writeString(root.resolve("net/tcp6"), """
                  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000000000000000000000000000:C9DF 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0
                """);

        assertThat(new SocketCheck(root, 80, Place.HOST).findings().getFirst().text())
                .contains("no program listens");
        assertThat(socket().text()).contains("the agent's own");

        Files.createDirectories(root.resolve("70/fd"));
        Files.createSymbolicLink(root.resolve("70/fd/3"), Path.of("socket:[4711]"));
        assertThat(socket().text()).as("the agent alone").contains("the agent's own");

        Files.createDirectories(root.resolve("60/fd"));
        Files.createSymbolicLink(root.resolve("60/fd/8"), Path.of("socket:[4711]"));
        assertThat(socket().level()).as("a supervisor holds it too").isEqualTo(Level.OK);
        Files.delete(root.resolve("60/fd/8"));

        Files.createSymbolicLink(root.resolve("1/fd/9"), Path.of("socket:[4711]"));
        assertThat(socket().level()).isEqualTo(Level.OK);
    }

    private Finding socket() {
        return new SocketCheck(root, 51679, Place.HOST).findings().getFirst();
    }

    @Test
    void tableThatTheFirstProcessHoldsIsARecordThatOutlivesTheAgent() throws IOException {
        assertThat(record().text())
                .endsWith("not known whether systemd keeps the record while the agent restarts: "
                        + root.resolve("1/fdinfo") + ": there is no such file or directory");

        Files.createDirectories(root.resolve("1/fdinfo"));
        Files.writeString(
                root.resolve("1/fdinfo/7"),
                "pos:\t0\nmap_type:\t2\nkey_size:\t4\nvalue_size:\t8\nmax_entries:\t524290\nmap_flags:\t0x0\n");
        assertThat(record().level()).isEqualTo(Level.WARNING);
        assertThat(record().text()).contains("keeps no record");

        Files.writeString(
                root.resolve("1/fdinfo/8"),
                "pos:\t0\nmap_type:\t1\nkey_size:\t8\nvalue_size:\t8\nmax_entries:\t524290\nmap_flags:\t0x1\n");
        assertThat(record().level()).isEqualTo(Level.OK);
    }

    private Finding record() {
        return new MakerCheck("mesos", root, Place.HOST).kept();
    }

    @Test
    void permittedCoreFileIsAWarning() throws IOException {
        var limits = root.resolve("limits");
        Files.writeString(limits, "Max core file size        0                    unlimited            bytes\n");
        assertThat(new MemoryCheck(limits, Place.HOST).findings().getFirst().level())
                .isEqualTo(Level.WARNING);

        Files.writeString(limits, "Max core file size        0                    0                    bytes\n");
        assertThat(new MemoryCheck(limits, Place.HOST).findings().getFirst().level())
                .isEqualTo(Level.OK);
    }

    @Test
    void adviceInAContainerCanBeFollowedThere() throws IOException {
        assertThat(Place.of(root)).isEqualTo(Place.HOST);
        Files.createDirectories(root.resolve("run"));
        Files.createFile(root.resolve("run/.containerenv"));
        assertThat(Place.of(root)).isEqualTo(Place.CONTAINER);

        Files.createDirectories(root.resolve("net"));
        Files.createDirectories(root.resolve("1/fd"));
        Files.createDirectories(root.resolve("1/fdinfo"));
        Files.writeString(
                root.resolve("net/tcp"),
                "  0: 0100007F:C9DF 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0\n");
        Files.writeString(
                root.resolve("limits"), "Max core file size        0                    unlimited            bytes\n");

        assertThat(Stream.of(
                                CapabilityCheck.findings(0, Place.CONTAINER),
                                CapabilityCheck.findings(-1, Place.CONTAINER),
                                new SocketCheck(root, 51679, Place.CONTAINER).findings(),
                                new MemoryCheck(root.resolve("limits"), Place.CONTAINER).findings(),
                                List.of(new MakerCheck("mesos", root, Place.CONTAINER).kept()))
                        .flatMap(List::stream))
                .extracting(Finding::cure)
                .allSatisfy(cure -> assertThat(cure).contains("container").doesNotContain("unit", "install"));
        assertThat(ClockCheck.finding("no", Place.CONTAINER).cure()).contains("on the host");
    }
}
