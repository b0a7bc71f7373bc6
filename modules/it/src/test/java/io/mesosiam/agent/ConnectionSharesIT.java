package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.FloodingContainer.Does;
import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.Shell;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The agent with its shipped JVM flags, while one container opens as many connections as it can and another one
 * requests its credentials.
 */
class ConnectionSharesIT {
    private static final int ASKS_PER_SECOND = 20;

    /** A larger number, with one attempt each, measures which share of requests a flood makes fail: docs/limits.md. */
    private static final int ASKS = Integer.getInteger("mesosiam.flood.asks", 60);

    /** Number of attempts of AWS SDKs. */
    private static final int TRIES = Integer.getInteger("mesosiam.flood.tries", 3);

    /** 198.18.0.0/15 is reserved for tests (RFC 2544). */
    private static final String HOST = "198.18.78.1";

    private final String device = "miafl" + ProcessHandle.current().pid() % 100_000;
    private final List<Process> floods = new ArrayList<>();

    @TempDir
    private Path directory;

    private BenchmarkContainers containers;

    @BeforeEach
    void twoContainers() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: floods of connections: not root");
        }
        assumeTrue(root, "not root");
        containers = new BenchmarkContainers(
                AttestConfig.detect("mesos-iam-flood-" + ProcessHandle.current().pid()), 2);
    }

    @AfterEach
    void nothingRemains() throws Exception {
        for (Process flood : floods) {
            flood.destroyForcibly().onExit().join();
        }
        if (containers != null) {
            containers.close();
            Shell.run("ip netns del %1$s 2>/dev/null || true; ip link del %1$s 2>/dev/null || true".formatted(device));
        }
    }

    @ParameterizedTest
    @EnumSource
    void containerIsServedWhileAnotherOneHoldsAsManyConnectionsAsItCan(Does does) throws Exception {
        assertServedDuring(
                "127.0.0.1", port -> flood(List.of(), does, does.connections(), "127.0.0.1", port, "127.0.0.1"));
    }

    @Test
    void containerIsServedWhileEightUsersOfAnotherOneHoldAsManyConnectionsAsTheyCan() throws Exception {
        assertServedDuring("127.0.0.1", port -> {
            for (int user = 64_900; user < 64_908; user++) {
                flood(
                        List.of("setpriv", "--reuid=" + user, "--clear-groups"),
                        Does.HALF_A_REQUEST,
                        Does.HALF_A_REQUEST.connections() / 8,
                        "127.0.0.1",
                        port,
                        "127.0.0.1");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void containerIsServedWhileAnotherOneConnectsFromSixtyFourAddresses(Does does) throws Exception {
        Shell.run("""
                ip netns add %1$s
                ip link add %1$s type veth peer name eth0 netns %1$s
                ip link set %1$s up; ip addr add %2$s/24 dev %1$s
                ip -n %1$s link set lo up; ip -n %1$s link set eth0 up
                for i in $(seq 101 164); do ip -n %1$s addr add 198.18.78.$i/24 dev eth0; done
                """.formatted(device, HOST));
        List<String> entering = List.of("nsenter", "--net=/run/netns/" + device);
        String flooding = containers.add(entering);
        String addresses =
                IntStream.range(101, 165).mapToObj(i -> "198.18.78." + i).collect(Collectors.joining(","));
        assertServedDuring(
                "0.0.0.0", port -> startFlood(flooding, entering, does, does.connections(), HOST, port, addresses));
    }

    private interface Floods {
        void start(int port) throws IOException;
    }

    private void assertServedDuring(String listen, Floods begin) throws Exception {
        TestCa ca = TestCa.in(directory);
        int port = TestPort.claim();
        try (FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent = AgentProcess.start(
                        AgentProgram.underTest(),
                        directory,
                        AgentSettings.listening(
                                ca,
                                controller,
                                "mesos-iam-flood-" + ProcessHandle.current().pid(),
                                listen + ":" + port))) {
            FakeController.Connection connection = controller.accept();
            var unused = connection.next(Hello.class);
            connection.send(new Sync(
                    1, containers.ids().stream().map(ActivatedAgent::lease).toList()));
            var unusedToo = agent.endpoint();

            begin.start(port);
            Process asking = containers.startInside(
                    "container-1", java(FreshAsks.class, "" + port, "" + ASKS_PER_SECOND, "" + ASKS, "" + TRIES));
            assertThat(asking.inputReader().readLine()).isEqualTo("asking");
            FreshAsks.Result result =
                    FreshAsks.Result.parse(asking.inputReader().readLine());

            System.out.println("during the flood: " + result);
            assertThat(floods).as("floods go on").allMatch(Process::isAlive);
            assertThat(result.asks()).as("asks").isEqualTo(ASKS);
            assertThat(result.failures()).as(agent.log()).isEmpty();
            floods.forEach(Process::destroyForcibly);
            assertThat(agent.stop()).isZero();
        }
    }

    private void flood(List<String> through, Does does, int count, String address, int port, String from)
            throws IOException {
        startFlood("container-0", through, does, count, address, port, from);
    }

    private void startFlood(
            String container, List<String> through, Does does, int count, String address, int port, String from)
            throws IOException {
        List<String> command = new ArrayList<>(through);
        command.addAll(java(FloodingContainer.class, does.name(), "" + count, address, "" + port, from));
        Process flood = containers.startInside(container, command);
        floods.add(flood);
        assertThat(flood.inputReader().readLine()).isEqualTo("flooding");
    }

    /** A test program that needs only the JDK, in a place that every user can read. */
    private static List<String> java(Class<?> program, String... arguments) {
        return Stream.concat(
                        Stream.of(
                                JavaProgram.java(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                program.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath(),
                                program.getName()),
                        Stream.of(arguments))
                .toList();
    }
}
