package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.sandbox.process.JavaProgram;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the agent as a separate process: 1,000 leases over a real mTLS stream, requested by a process in one of as
 * many real containers on the host's network, each answer attested. A bare Go {@code net/http} server is measured
 * beside it if there is a {@code go}.
 *
 * <p>Requires root and a cgroup hierarchy; leaves nothing behind. After
 * {@code ./mvnw -DskipTests package dependency:build-classpath -Dmdep.outputFile=target/test.classpath}:
 *
 * <pre>java -cp "target/test-classes:target/classes:$(cat target/test.classpath)" io.mesosiam.agent.AgentBenchmark \
 *     target/mesos-iam-agent.jar 30</pre>
 *
 * <p>The first argument can also be a native image. Flags for the agent's JVM may follow, such as
 * {@code -XX:AOTCache=agent.aot}. In a mount namespace without the freezer hierarchy ({@code unshare --mount}, then
 * {@code umount /sys/fs/cgroup/freezer}) it measures cgroups v2.
 */
public final class AgentBenchmark {
    private static final int LEASES = 1000;
    private static final int STARTS = 5;

    /** Starts that aren't counted: the controller of this benchmark compiles its first TLS handshakes. */
    private static final int FIRST = 1;

    /** USER_HZ is 100 on every Linux that matters here. */
    static final double MICROS_PER_TICK = 10_000;

    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final PrintStream OUT = System.out;

    private AgentBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        AgentProgram program =
                new AgentProgram(Path.of(arguments.length > 0 ? arguments[0] : "target/mesos-iam-agent.jar"));
        Path directory = Files.createTempDirectory("mesos-iam-benchmark");
        CgroupConfig cgroups = CgroupConfig.detect("mesos-iam-benchmark");
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
        List<String> flags = List.of(arguments).subList(Math.min(2, arguments.length), arguments.length);
        try (BenchmarkContainers containers = new BenchmarkContainers(cgroups, count)) {
            OUT.println("containers " + count + ", leases " + LEASES + ", cgroups " + cgroups.version() + ", "
                    + String.join(" ", program.command(flags)));
            measureAgent(program, directory, containers, flags);
            measureGo(directory, containers);
        } finally {
            delete(directory);
        }
    }

    private static void measureAgent(
            AgentProgram program, Path directory, BenchmarkContainers containers, List<String> flags) throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity identity = ca.issue("dns:host-1");
        try (FakeController controller = new FakeController(ca, ca.issue("dns:localhost"))) {
            List<Double> starts = new ArrayList<>();
            for (int i = 0; i < FIRST + STARTS; i++) {
                int port = TestPort.claim();
                Process waiting = asking(containers, port);
                long start = System.nanoTime();
                try (AgentProcess agent =
                        AgentProcess.start(program, directory, settings(ca, identity, controller, port), flags)) {
                    give(controller, containers);
                    starts.add((Long.parseLong(waiting.inputReader().readLine()) - start) / 1e6);
                    if (i == FIRST + STARTS - 1) {
                        Thread.sleep(SETTLE);
                        measure("agent", agent.pid(), port, containers);
                    }
                    int ignored = agent.stop();
                }
            }
            OUT.println("agent: exec to first credentials, ms, each of " + STARTS + " starts: "
                    + starts.stream().skip(FIRST).map(Math::round).toList());
        }
    }

    static void give(FakeController controller, BenchmarkContainers containers) throws Exception {
        FakeController.Connection connection = controller.accept();
        var ignored = connection.next(Hello.class);
        Stream<String> elsewhere =
                IntStream.range(containers.ids().size(), LEASES).mapToObj(i -> "not-here-" + i);
        connection.send(new Sync(
                1,
                Stream.concat(containers.ids().stream(), elsewhere)
                        .map(AgentBenchmark::lease)
                        .toList()));
    }

    private static void measureGo(Path directory, BenchmarkContainers containers) throws Exception {
        Optional<Path> program = BareGo.build(directory);
        if (program.isEmpty()) {
            return;
        }
        int port = TestPort.claim();
        Process waiting = asking(containers, port);
        Process server = new ProcessBuilder(program.get().toString(), String.valueOf(port)).start();
        try {
            String ignored = waiting.inputReader().readLine();
            Thread.sleep(SETTLE);
            measure("bare Go", server.pid(), port, containers);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static void measure(String what, long pid, int port, BenchmarkContainers containers) throws Exception {
        OUT.println(what + ": RSS idle MiB " + rss(pid));
        // in the first phase of new connections the JVM still compiles
        for (String phase : List.of("warm", "fresh", "fresh", "keep-1", "keep-16", "keep-64")) {
            long before = cpuTicks(pid);
            String result = result(containers, port, phase);
            long answers = Long.parseLong(result.replaceFirst("answers=([0-9]+).*", "$1"));
            double micros = (cpuTicks(pid) - before) * MICROS_PER_TICK / answers;
            if (!phase.equals("warm")) {
                OUT.printf("%s: %s %s cpu-us-per-answer=%.0f%n", what, phase, result, micros);
            }
        }
        OUT.println(what + ": RSS loaded MiB " + rss(pid));
    }

    /** A program that requests credentials already, and prints the moment at which it has the first ones. */
    private static Process asking(BenchmarkContainers containers, int port) throws IOException {
        Process asking = load(containers, port, "first");
        String line = asking.inputReader().readLine();
        if (!"asking".equals(line)) {
            throw new IllegalStateException("the container does not ask: " + line);
        }
        return asking;
    }

    /** The line of figures that a load prints. */
    static String result(BenchmarkContainers containers, int port, String phase) throws IOException {
        Process load = load(containers, port, phase);
        return new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static Process load(BenchmarkContainers containers, int port, String phase) throws IOException {
        return containers.startInside(List.of(
                JavaProgram.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BenchmarkLoad.class.getName(),
                String.valueOf(port),
                phase));
    }

    static Map<String, String> settings(TestCa ca, TestCa.Identity identity, FakeController controller, int port) {
        return AgentSettings.of(
                ca,
                identity,
                "mesos-iam-benchmark",
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS",
                        controller.uri().toString(),
                        // one container sends all requests
                        "MESOS_IAM_AGENT_ASKS_PER_SECOND",
                        "0",
                        "MESOS_IAM_AGENT_LISTEN",
                        "127.0.0.1:" + port));
    }

    private static Entry lease(String containerId) {
        return new Entry.Served(
                "lease-of-" + containerId,
                1,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::123456789012:role/benchmark",
                "hash",
                new WireSession(
                        "ASIAEXAMPLEEXAMPLE00",
                        Secret.of("s".repeat(40)),
                        Secret.of("t".repeat(600)),
                        Instant.parse("2090-01-01T00:00:00Z")));
    }

    static long rss(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .sum()
                    / 1024;
        }
    }

    /** User and system time so far (proc(5), stat fields 14 and 15). */
    static long cpuTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(afterName[11]) + Long.parseLong(afterName[12]);
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
