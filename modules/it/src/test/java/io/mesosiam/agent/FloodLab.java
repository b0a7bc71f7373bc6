package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.FloodingContainer.Does;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two containers of one agent with its shipped JVM flags: {@code container-0} opens as many connections as it can, and
 * {@code container-1} requests its credentials. More containers can be added.
 */
final class FloodLab implements AutoCloseable {
    private static final int ASKS_PER_SECOND = 20;

    /** A larger number, with one attempt each, measures which share of requests a flood makes fail: docs/limits.md. */
    private static final int ASKS = Integer.getInteger("mesosiam.flood.asks", 60);

    /** Number of attempts of AWS SDKs. */
    private static final int TRIES = Integer.getInteger("mesosiam.flood.tries", 3);

    private final List<Process> floods = new ArrayList<>();
    private final String cgroups = "mesos-iam-flood-" + ProcessHandle.current().pid();
    private final Path directory;
    private final BenchmarkContainers containers;

    private FloodLab(Path directory) throws IOException {
        this.directory = directory;
        this.containers = new BenchmarkContainers(CgroupConfig.detect(cgroups), 2);
    }

    /** Starts the containers; skips the test if it has no right to. */
    static FloodLab open(Path directory) throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: floods of connections: not root");
        }
        assumeTrue(root, "not root");
        return new FloodLab(directory);
    }

    /** Starts the floods of a test, at the agent's port. */
    interface Floods {
        void start(int port) throws IOException;
    }

    /** Starts another container, in whose process the command runs, and returns its id. */
    String add(List<String> through) throws IOException {
        return containers.add(through);
    }

    /** Starts an agent that listens at an address, then the floods, and asserts that {@code container-1} is served. */
    void assertServedDuring(String listen, Floods begin) throws Exception {
        assertServedDuring(List.of(), listen, begin);
    }

    /** @param through a command that becomes the agent */
    void assertServedDuring(List<String> through, String listen, Floods begin) throws Exception {
        try (Served served = serve(through, AgentProgram.underTest(), listen, List.of())) {
            AgentProcess agent = served.agent();
            int port = served.port();

            begin.start(port);
            Process asking = start(
                    "container-1", List.of(), FreshAsks.class, "" + port, "" + ASKS_PER_SECOND, "" + ASKS, "" + TRIES);
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

    /** An agent that has the leases of all containers. */
    record Served(AgentProcess agent, FakeController controller, int port) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            agent.close();
            controller.close();
        }
    }

    /**
     * Starts an agent and gives it the leases of all containers.
     *
     * @param through a command that becomes the agent
     * @param flags for its JVM, besides the usual ones
     */
    Served serve(List<String> through, AgentProgram program, String listen, List<String> flags) throws Exception {
        TestCa ca = TestCa.in(directory);
        int port = TestPort.claim();
        FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
        AgentProcess agent = AgentProcess.start(
                through,
                program,
                directory,
                AgentSettings.listening(ca, controller, cgroups, listen + ":" + port),
                flags);
        FakeController.Connection connection = controller.accept();
        var unused = connection.next(Hello.class);
        connection.send(
                new Sync(1, containers.ids().stream().map(ActivatedAgent::lease).toList()));
        var unusedToo = agent.endpoint();
        return new Served(agent, controller, port);
    }

    /** Starts a test program that needs only the JDK in a container, through a command that becomes it. */
    Process start(String container, List<String> through, Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(through);
        command.addAll(java(program, arguments));
        return containers.startInside(container, command);
    }

    /** Starts a flood from a container, through a command that enters namespaces or changes the user. */
    void flood(String container, List<String> through, Does does, int count, String address, int port, String from)
            throws IOException {
        flood(container, through, does.name(), "" + count, address, "" + port, from);
    }

    /** Starts a flood with the arguments of {@link FloodingContainer}. */
    Process flood(String container, List<String> through, String... arguments) throws IOException {
        Process flood = ready(container, through, arguments);
        begin(List.of(flood));
        return flood;
    }

    /** Starts a program that floods from its {@link #begin} on. */
    Process ready(String container, List<String> through, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(through);
        command.addAll(java(FloodingContainer.class, arguments));
        Process flood = program(container, command);
        assertThat(flood.inputReader().readLine()).isEqualTo("ready");
        return flood;
    }

    /** Has floods begin together, and waits until each of them has opened its connections. */
    static void begin(List<Process> ready) throws IOException {
        for (Process flood : ready) {
            flood.outputWriter().write("\n");
            flood.outputWriter().flush();
        }
        for (Process flood : ready) {
            assertThat(flood.inputReader().readLine()).isEqualTo("flooding");
        }
    }

    /** Starts any program as a flood. */
    Process program(String container, List<String> command) throws IOException {
        Process flood = containers.startInside(container, command);
        floods.add(flood);
        return flood;
    }

    @Override
    public void close() {
        for (Process flood : floods) {
            flood.destroyForcibly().onExit().join();
        }
        containers.close();
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
