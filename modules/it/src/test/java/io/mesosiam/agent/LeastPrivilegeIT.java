package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.Shell;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as packaging/mesos-iam-agent.service runs it: a separate user with four capabilities only. */
class LeastPrivilegeIT {
    private static final AgentProgram PROGRAM = AgentProgram.underTest();
    private static final String CAPABILITIES = "+net_admin,+sys_admin,+sys_ptrace,+dac_read_search";

    /** Bits 2, 12, 19 and 21 of capabilities(7). */
    private static final String MASK = "0000000000281004";

    private static final int USER = 64_817;
    private static final List<String> UNPRIVILEGED = List.of(
            "setpriv",
            "--reuid=" + USER,
            "--regid=" + USER,
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all," + CAPABILITIES,
            "--inh-caps=-all," + CAPABILITIES,
            "--ambient-caps=-all," + CAPABILITIES);

    /**
     * The namespace of the host, in which the agent runs, and of a container: 198.18.0.0/15 is reserved for tests (RFC
     * 2544).
     */
    private final String host = "mialp" + ProcessHandle.current().pid();

    private final String container = host + "c";
    private final String cgroup =
            "mesos-iam-privilege-" + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private BenchmarkContainers containers;

    @BeforeEach
    void hostWithAContainer() throws Exception {
        assume("root".equals(System.getProperty("user.name")), "not root");
        for (String program : List.of("setpriv", "nft", "ip", "nsenter", "bash")) {
            assume(
                    Stream.of("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/")
                            .anyMatch(in -> Files.exists(Path.of(in + program))),
                    program + " is not installed");
        }
        try {
            Shell.run("""
                    ip netns add %1$s; ip netns add %2$s
                    ip -n %1$s link add veth type veth peer name eth0 netns %2$s
                    ip -n %1$s link set lo up; ip -n %1$s link set veth up; ip -n %1$s addr add 198.18.77.1/24 dev veth
                    ip -n %2$s link set lo up; ip -n %2$s link set eth0 up; ip -n %2$s addr add 198.18.77.2/24 dev eth0
                    ip -n %2$s route add default via 198.18.77.1
                    """.formatted(host, container));
        } catch (IllegalStateException e) {
            assume(false, "no network namespace can be made: " + e.getMessage());
        }
    }

    @AfterEach
    void nothingRemains() throws Exception {
        if (containers != null) {
            containers.close();
        }
        if ("root".equals(System.getProperty("user.name"))) {
            Shell.run("ip netns del %s || true; ip netns del %s || true".formatted(host, container));
        }
    }

    private static void assume(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("SKIPPED: the agent with four capabilities: " + otherwise);
        }
        assumeTrue(holds, otherwise);
    }

    private void startContainer(List<String> through) throws IOException {
        containers = new BenchmarkContainers(CgroupConfig.detect(cgroup), 1, through);
    }

    @Test
    void agentWithFourCapabilitiesAttestsAndServesAContainerOnTheHostsNetwork() throws Exception {
        startContainer(List.of());
        TestCa ca = TestCa.in(directory);
        try (FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent = start(
                        UNPRIVILEGED,
                        settings(
                                ca,
                                Map.of(
                                        "MESOS_IAM_AGENT_CONTROLLERS",
                                        controller.uri().toString(),
                                        "MESOS_IAM_AGENT_LISTEN",
                                        "127.0.0.1:0")))) {
            FakeController.Connection connection = controller.accept();
            var unused = connection.next(Hello.class);
            connection.send(new Sync(
                    1, containers.ids().stream().map(ActivatedAgent::lease).toList()));
            int port = agent.endpoint().getPort();

            assertThat(ask(List.of(), "127.0.0.1", port)).contains("200 OK", "SecretAccessKey");
            assertSealed(agent);
        }
    }

    /** Any task on the host's network can take that port while the agent is down. */
    @Test
    void credentialsAreServedWhileAnotherProcessHasThePortOfTheMetrics() throws Exception {
        startContainer(List.of());
        TestCa ca = TestCa.in(directory);
        ServerSocket taken = new ServerSocket(TestPort.claim(), 1, InetAddress.getLoopbackAddress());
        try (taken;
                FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent = start(
                        UNPRIVILEGED,
                        settings(
                                ca,
                                Map.of(
                                        "MESOS_IAM_AGENT_CONTROLLERS",
                                        controller.uri().toString(),
                                        "MESOS_IAM_AGENT_LISTEN",
                                        "127.0.0.1:0",
                                        "MESOS_IAM_AGENT_METRICS_LISTEN",
                                        "127.0.0.1:" + taken.getLocalPort())))) {
            FakeController.Connection connection = controller.accept();
            var unused = connection.next(Hello.class);
            connection.send(new Sync(
                    1, containers.ids().stream().map(ActivatedAgent::lease).toList()));

            assertThat(ask(List.of(), "127.0.0.1", agent.endpoint().getPort())).contains("200 OK", "SecretAccessKey");
            assertThat(agent.logWith("metrics listener not opened")).contains("metrics listener not opened");

            taken.close();

            assertThat(agent.metrics().getPort()).isEqualTo(taken.getLocalPort());
        }
    }

    /**
     * No controller is reachable from a test namespace: the response is that the lease is not here yet, and the log has
     * the container.
     */
    @Test
    void callerWithTranslatedSourceIsRefusedUnlessAllowed() throws Exception {
        List<String> entering = List.of("nsenter", "--net=/run/netns/" + container);
        startContainer(entering);
        TestCa ca = TestCa.in(directory);
        for (String allowed : List.of("off", "on")) {
            try (AgentProcess agent = start(
                    inHost(),
                    settings(
                            ca,
                            Map.of(
                                    "MESOS_IAM_AGENT_CONTROLLERS", "wss://localhost:1",
                                    "MESOS_IAM_AGENT_REDIRECT", "on",
                                    "MESOS_IAM_AGENT_TRANSLATED_SOURCES", allowed)))) {
                var unused = agent.endpoint();
                Shell.run("nsenter --net=/run/netns/" + host + " nft '" + """
                        table ip other {
                          chain in { type nat hook input priority 100; ip saddr 198.18.77.2 snat to 198.18.77.77; }
                        }'""");

                String answer = ask(entering, "169.254.170.2", 80);

                if (allowed.equals("on")) {
                    assertThat(answer).contains("503 ", "CredentialsPending");
                    assertThat(agent.logWith("containerId=container-0")).contains("containerId=container-0");
                } else {
                    assertThat(answer).contains("403 ", "UnknownCaller");
                    String translated = "translated the source address from /198.18.77.2:";
                    assertThat(agent.logWith(translated)).contains(translated);
                }
            }
        }
    }

    private List<String> inHost() {
        return Stream.concat(Stream.of("nsenter", "--net=/run/netns/" + host), UNPRIVILEGED.stream())
                .toList();
    }

    @Test
    void agentWithFourCapabilitiesRedirectsAndAttestsAContainerWithItsOwnNetwork() throws Exception {
        List<String> entering = List.of("nsenter", "--net=/run/netns/" + container);
        startContainer(entering);
        TestCa ca = TestCa.in(directory);
        Map<String, String> settings = settings(
                ca, Map.of("MESOS_IAM_AGENT_CONTROLLERS", "wss://localhost:1", "MESOS_IAM_AGENT_REDIRECT", "on"));
        try (AgentProcess agent = start(inHost(), settings)) {
            var unused = agent.endpoint();

            assertThat(ask(entering, "169.254.170.2", 80)).contains("503 ", "CredentialsPending");
            assertThat(agent.logWith("containerId=container-0"))
                    .contains("containerId=container-0")
                    .doesNotContain("key material");
            assertSealed(agent);
            assertThat(doctor(settings))
                    .contains("ok       reach        container container-0: the agent answers at 169.254.169.254")
                    .contains("ok       capability   exactly the needed ones")
                    .contains("ok       memory       no core file can contain key material")
                    .contains("warning  socket       it is the agent's own");
        }
    }

    private String doctor(Map<String, String> settings) throws IOException {
        ProcessBuilder doctor =
                new ProcessBuilder(Stream.concat(inHost().stream(), PROGRAM.command(List.of(), "doctor").stream())
                        .toList());
        doctor.environment().clear();
        doctor.environment().putAll(settings);
        return new String(
                doctor.redirectErrorStream(true).start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void assertSealed(AgentProcess agent) throws IOException {
        Path proc = Path.of("/proc/" + agent.pid());
        assertThat(Files.readAllLines(proc.resolve("status")))
                .contains("CapInh:\t" + MASK, "CapPrm:\t" + MASK, "CapEff:\t" + MASK, "CapBnd:\t" + MASK)
                .contains("CapAmb:\t" + MASK, "NoNewPrivs:\t1")
                .contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(USER));
        assertThat(Files.readString(proc.resolve("limits"))).containsPattern("Max core file size +0 +0 +bytes");
        assertThat(Files.getAttribute(proc.resolve("environ"), "unix:uid"))
                .as("a process that isn't dumpable belongs to root in /proc (proc(5))")
                .isEqualTo(0);
    }

    private AgentProcess start(List<String> through, Map<String, String> settings) throws IOException {
        return AgentProcess.start(through, PROGRAM, directory, settings, List.of());
    }

    private Map<String, String> settings(TestCa ca, Map<String, String> more) throws Exception {
        return AgentSettings.of(ca, ca.issue("dns:host-1"), cgroup, more);
    }

    /** The response to a process in the container. */
    private String ask(List<String> through, String address, int port) throws Exception {
        List<String> command = Stream.concat(
                        through.stream(),
                        Stream.of(
                                "bash",
                                "-c",
                                "exec 3<>/dev/tcp/%1$s/%2$d && printf 'GET /v2/credentials HTTP/1.1\\r\\nHost: %1$s\\r\\nConnection: close\\r\\n\\r\\n' >&3 && exec cat <&3"
                                        .formatted(address, port)))
                .toList();
        return new String(containers.startInside(command).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
