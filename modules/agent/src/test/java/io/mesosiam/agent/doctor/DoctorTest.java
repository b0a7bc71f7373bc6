package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.agent.doctor.NetworkCheck.Link;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosAgentSettings;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.metrics.MetricsEndpoint;
import io.mesosiam.agent.metrics.ProcessMetrics;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
    @TempDir
    Path proc;

    @Test
    void exitCodeIsThatOfTheWorstFinding() {
        assertThat(exitCode(Finding.ok("a", "well"))).isZero();
        assertThat(exitCode(Finding.warning("a", "hm", "mend it"), Finding.ok("b", "well")))
                .isEqualTo(1);
        assertThat(exitCode(Finding.failure("a", "broken", "mend it"), Finding.warning("b", "hm", "mend it")))
                .isEqualTo(2);
    }

    @Test
    void linesHaveLevelObservationAndCure() {
        var out = new ByteArrayOutputStream();
        new Doctor(List.of(() -> List.of(Finding.ok("clock", "right"), Finding.failure("port", "closed", "open it"))))
                .report(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                ok       clock        right
                failure  port         closed: open it
                """);
    }

    @Test
    void failingCheckDoesNotPreventTheOthers() {
        var doctor = new Doctor(List.of(
                () -> {
                    throw new IllegalStateException("no /proc");
                },
                () -> List.of(Finding.ok("clock", "right"))));

        assertThat(doctor.findings()).extracting(Finding::level).containsExactly(Level.WARNING, Level.OK);
    }

    @Test
    void requestOfDoctorHasItsOwnPath() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> firstLine(server));

            ReachRequest.send("127.0.0.1", server.getLocalPort(), 5000);

            assertThat(received.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("GET /mesos-iam-doctor HTTP/1.1");
        }
    }

    @Test
    void portOfTheMetricsThatAnotherProgramHasIsAWarning() throws Exception {
        InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPort.claim());
        MetricsCheck check = new MetricsCheck(listen);

        assertThat(check.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.text()).startsWith("no program listens on 127.0.0.1:");
        });
        try (ServerSocket other = new ServerSocket(listen.getPort(), 4, listen.getAddress())) {
            assertThat(other.isBound()).isTrue();
            assertThat(check.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.WARNING);
                assertThat(finding.text()).startsWith("another program than the agent has 127.0.0.1:");
            });
        }
        try (MetricsEndpoint agent = new MetricsEndpoint(listen, List.of(new ProcessMetrics(Path.of("/proc"), "1")))) {
            agent.open();
            assertThat(check.findings()).extracting(Finding::level).containsExactly(Level.OK);
        }
    }

    private static String firstLine(ServerSocket server) {
        try (Socket accepted = server.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(accepted.getInputStream(), StandardCharsets.US_ASCII))) {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void missingCapabilitiesAreNamedAndAdditionalOnesAreAWarning() {
        long needed = 1 << 2 | 1 << 12 | 1 << 19 | 1 << 21;

        assertThat(CapabilityCheck.findings(needed, Place.HOST))
                .extracting(Finding::level)
                .containsExactly(Level.OK);
        assertThat(CapabilityCheck.findings(needed | 1, Place.HOST))
                .extracting(Finding::level)
                .containsExactly(Level.WARNING);
        assertThat(CapabilityCheck.findings(needed & ~(1 << 12), Place.HOST))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.FAILURE);
                    assertThat(finding.text()).contains("NET_ADMIN");
                });
        assertThat(CapabilityCheck.effective(List.of("Name:\tx", "CapEff:\t0000000000281004")))
                .isEqualTo(needed);
    }

    @Test
    void unitGrantsExactlyTheNeededCapabilities() throws IOException {
        var unit = Files.readString(Path.of("packaging/mesos-iam-agent.service"));
        var four = "CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_DAC_READ_SEARCH";

        assertThat(unit)
                .contains("\nCapabilityBoundingSet=" + four + "\n")
                .contains("\nAmbientCapabilities=" + four + "\n");
    }

    @Test
    void devicesThatBypassTheHostAreUnprotected() throws IOException {
        var links = """
                [{"ifname":"lo","link_type":"loopback"},
                 {"ifname":"eth0","link_type":"ether","linkinfo":{"info_kind":"veth"}},
                 {"ifname":"mv0","link":"ens5","link_type":"ether","linkinfo":{"info_kind":"macvlan","info_data":{"mode":"bridge"}}},
                 {"ifname":"iv0","link_type":"ether","linkinfo":{"info_kind":"ipvlan","info_data":{"mode":"l2"}}},
                 {"ifname":"ens6","link_type":"ether","parentbus":"pci"},
                 {"ifname":"gre0","link_type":"gre","linkinfo":{"info_kind":"gre"}}]
                """;

        assertThat(NetworkCheck.unprotected(links))
                .containsExactly(new Link("mv0", "macvlan"), new Link("iv0", "ipvlan"), new Link("ens6", "physical"));
    }

    @ParameterizedTest
    @CsvSource({
        "linux, namespaces/pid|filesystem/linux, true, mesos, OK, separate any two tasks",
        "posix, namespaces/pid|filesystem/linux, true, mesos, FAILURE, launcher=posix",
        "linux, namespaces/pid|filesystem/linux, false, mesos, FAILURE, switch_user=false",
        "linux, filesystem/linux, true, mesos, WARNING, two tasks of the same user",
        "linux, namespaces/pid, true, mesos, WARNING, a task of root",
        "linux, namespaces/pid|filesystem/linux, true, docker|mesos, WARNING, outside Mesos's cgroups"
    })
    void unseparatedPairsOfTasksAreNamed(
            String launcher, String isolation, String switchUser, String containerizers, Level level, String text) {
        var flags = Map.of(
                "launcher",
                launcher,
                "isolation",
                isolation.replace('|', ','),
                "switch_user",
                switchUser,
                "containerizers",
                containerizers.replace('|', ','));

        assertThat(MesosFlagsCheck.findings(flags)).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(level);
            assertThat(finding.text()).contains(text);
        });
    }

    @Test
    void flagsAreParsedFromTheMesosAgentsAnswer() throws IOException {
        var answer = "{\"flags\":{\"launcher\":\"linux\",\"isolation\":\"posix/cpu\",\"secret\":\"x\"}}";

        assertThat(MesosFlagsCheck.parse(answer.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Map.of("launcher", "linux", "isolation", "posix/cpu"));
    }

    @ParameterizedTest
    @CsvSource({
        "cgroups_root, MESOS_IAM_AGENT_CGROUPS_ROOT, mesos2, mesos",
        "runtime_dir, MESOS_IAM_AGENT_MESOS_RUNTIME_DIR, /run/mesos, /var/run/mesos",
        "work_dir, MESOS_IAM_AGENT_MESOS_WORK_DIR, /var/lib/mesos, /srv/mesos"
    })
    void settingThatDiffersFromTheFlagIsAFailure(String flag, String variable, String value, String flagValue) {
        var repeated = List.of(new MesosFlagsCheck.Repeated(flag, variable, value));

        assertThat(MesosFlagsCheck.differences(Map.of(flag, flagValue), repeated))
                .containsExactly(Finding.failure(
                        "mesos",
                        "%s=%s, the Mesos agent runs with --%s=%s".formatted(variable, value, flag, flagValue),
                        "set " + variable + " to that value"));
        assertThat(MesosFlagsCheck.differences(Map.of(flag, value + "/"), repeated))
                .isEmpty();
        assertThat(MesosFlagsCheck.differences(Map.of(), repeated)).isEmpty();
    }

    @Test
    void unreadableFlagsAreAWarning() {
        assertThat(new MesosFlagsCheck(Optional.empty(), List.of()).findings())
                .extracting(Finding::level)
                .containsExactly(Level.WARNING);
        var unreachable = new MesosAgentApi(
                new MesosAgentSettings(
                        URI.create("http://127.0.0.1:1"), Optional.empty(), Optional.empty(), 0, Optional.empty()),
                MesosAgentApi.USUAL_LIMIT);
        assertThat(new MesosFlagsCheck(Optional.of(unreachable), List.of()).findings())
                .extracting(Finding::level)
                .containsExactly(Level.WARNING);
    }

    @Test
    void unusableRuntimeDirectoryIsAWarning() {
        assertThat(new MesosDirectoryCheck(Optional.of(new RuntimeDirectory(proc))).findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.WARNING);
                    assertThat(finding.text()).contains("is not used");
                });
        assertThat(new MesosDirectoryCheck(Optional.empty()).findings())
                .extracting(Finding::level)
                .containsExactly(Level.WARNING);
    }

    @ParameterizedTest
    @CsvSource({
        "2025-01-01T00:00:00Z, FAILURE",
        "2025-01-02T00:00:00Z, OK",
        "2025-01-10T23:00:00Z, OK",
        "2025-01-11T12:00:00Z, WARNING",
        "2025-01-12T00:00:00Z, FAILURE"
    })
    void lastTenthOfACertificatesLifeIsAWarning(Instant now, Level level) {
        var from = Instant.parse("2025-01-02T00:00:00Z");
        var until = Instant.parse("2025-01-12T00:00:00Z");

        assertThat(CertificateCheck.finding(from, until, now).level()).isEqualTo(level);
    }

    @Test
    void containersWithoutACredentialsUriAreNamed() throws IOException {
        process(
                100,
                "0::/mesos/configured/leaf",
                "PATH=/bin\0AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials\0");
        process(200, "0::/mesos/plain/leaf", "PATH=/bin\0");
        process(201, "0::/mesos/plain/leaf", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials\0");
        process(300, "0::/system.slice/sshd.service", "PATH=/bin\0");

        assertThat(new UriCheck(proc, "mesos").findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.text()).contains("1 of 2 containers", "[plain]");
        });
    }

    @Test
    void containerOfAPodsExecutorNeedsNoCredentialsUri() throws IOException {
        process(100, "0::/mesos/pod/leaf", "PATH=/bin\0");
        process(200, "0::/mesos/pod/mesos/task/leaf", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials\0");
        process(300, "0::/mesos/pod2/leaf", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials\0");

        assertThat(new UriCheck(proc, "mesos").findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.text()).contains("all 2 containers");
        });
    }

    /** As a process can delay those that read its memory, without end. */
    @Test
    void environmentThatIsNotReadInTimeIsAWarning() throws Exception {
        process(100, "0::/mesos/configured/leaf", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials\0");
        process(200, "0::/mesos/silent/leaf", "");
        Path pipe = proc.resolve("200/environ");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(new UriCheck(proc, "mesos", TimeLimit.of(Duration.ofSeconds(1))).findings())
                .extracting(Finding::level)
                .containsExactly(Level.OK, Level.WARNING);

        // lets the thread that reads the pipe end
        Files.newOutputStream(pipe).close();
    }

    @ParameterizedTest
    @CsvSource({
        "0::/mesos/a/leaf, a",
        "0::/mesos/a/mesos/b/leaf, a/b",
        "7:freezer:/mesos/a, a",
        "3:cpu:/mesos/a, ",
        "0::/mesos, ",
        "0::/user.slice/mesos/a, ",
        "nonsense, "
    })
    void containersAreParsedFromTheFreezerOrUnifiedHierarchy(String line, String container) {
        assertThat(TaskProcesses.container(line, "mesos")).isEqualTo(Optional.ofNullable(container));
    }

    private void process(int pid, String cgroup, String environment) throws IOException {
        var directory = Files.createDirectories(proc.resolve(Integer.toString(pid)));
        Files.writeString(directory.resolve("cgroup"), cgroup + "\n");
        Files.writeString(directory.resolve("environ"), environment);
    }

    private static int exitCode(Finding... findings) {
        return new Doctor(List.of(() -> List.of(findings)))
                .report(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }
}
