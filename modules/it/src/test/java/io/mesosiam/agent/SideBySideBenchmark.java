package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares several agents and a bare Go server that run at the same time: each in turn gets the requests of {@link
 * AgentBenchmark}. On a shared machine the CPU time of one program varies by half within minutes, so that measurements
 * one after the other don't compare two programs.
 *
 * <p>Requires root, a cgroup hierarchy and {@code go}. Arguments: the counted turns, then the jars or native images.
 */
public final class SideBySideBenchmark {
    private static final int CONTAINERS = 15;
    private static final String GO = "bare Go";
    private static final List<String> PHASES = List.of("fresh", "keep-1", "keep-16");
    private static final PrintStream OUT = System.out;

    private final BenchmarkContainers containers;
    private final List<Server> servers = new ArrayList<>();
    private final List<AutoCloseable> started = new ArrayList<>();

    private SideBySideBenchmark(BenchmarkContainers containers) {
        this.containers = containers;
    }

    private record Server(String name, long pid, int port) {}

    /** What the load printed, and the CPU time of the server for each answer. */
    private record Turn(double micros, String load) {
        String figure(String name) {
            return load.replaceFirst(".*" + name + "=([0-9.]+).*", "$1");
        }
    }

    public static void main(String[] arguments) throws Exception {
        int turns = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("mesos-iam-benchmark");
        CgroupConfig cgroups = CgroupConfig.detect("mesos-iam-benchmark");
        try (BenchmarkContainers containers = new BenchmarkContainers(cgroups, CONTAINERS)) {
            SideBySideBenchmark benchmark = new SideBySideBenchmark(containers);
            try {
                OUT.println("containers " + CONTAINERS + ", cgroups " + cgroups.version());
                for (String file : List.of(arguments).subList(1, arguments.length)) {
                    benchmark.startAgent(new AgentProgram(Path.of(file)), directory);
                }
                benchmark.startGo(directory);
                benchmark.measure(turns);
            } finally {
                for (AutoCloseable each : benchmark.started.reversed()) {
                    each.close();
                }
            }
        } finally {
            AgentBenchmark.delete(directory);
        }
    }

    private void startAgent(AgentProgram program, Path parent) throws Exception {
        Path directory = Files.createTempDirectory(parent, "agent");
        TestCa ca = TestCa.in(directory);
        FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
        started.add(controller);
        int port = TestPort.claim();
        Map<String, String> settings = AgentBenchmark.settings(ca, ca.issue("dns:host-1"), controller, port);
        AgentProcess agent = AgentProcess.start(program, directory, settings);
        started.add(agent);
        AgentBenchmark.give(controller, containers);
        servers.add(new Server(program.file().getFileName().toString(), agent.pid(), port));
    }

    private void startGo(Path directory) throws Exception {
        Optional<Path> program = BareGo.build(directory);
        if (program.isPresent()) {
            int port = TestPort.claim();
            Process server = new ProcessBuilder(program.get().toString(), String.valueOf(port)).start();
            started.add(server::destroyForcibly);
            servers.add(new Server(GO, server.pid(), port));
        }
    }

    private void measure(int turns) throws IOException {
        for (Server server : servers) {
            var ignored = turn(server, "warm");
        }
        Map<String, List<Turn>> all = new TreeMap<>();
        for (int i = 0; i <= turns; i++) {
            for (String phase : PHASES) {
                for (Server server : servers) {
                    Turn turn = turn(server, phase);
                    if (i > 0) {
                        all.computeIfAbsent(phase + " " + server.name(), _ -> new ArrayList<>())
                                .add(turn);
                    }
                }
            }
        }
        all.forEach((what, of) -> OUT.printf(
                "%s cpu-us=%s mean=%.0f p99-ms=%s per-second=%s%n",
                what,
                of.stream().map(turn -> String.format("%.0f", turn.micros())).toList(),
                of.stream().mapToDouble(Turn::micros).average().orElseThrow(),
                figures(of, "p99-ms"),
                figures(of, "per-second")));
        for (Server server : servers) {
            OUT.printf("%s RSS MiB %d%n", server.name(), AgentBenchmark.rss(server.pid()));
        }
    }

    private static String figures(List<Turn> turns, String name) {
        return turns.stream().map(turn -> turn.figure(name)).collect(Collectors.joining(", ", "[", "]"));
    }

    private Turn turn(Server server, String phase) throws IOException {
        long before = AgentBenchmark.cpuTicks(server.pid());
        String load = AgentBenchmark.result(containers, server.port(), phase);
        long answers = Long.parseLong(load.replaceFirst("answers=([0-9]+).*", "$1"));
        return new Turn(
                (AgentBenchmark.cpuTicks(server.pid()) - before) * AgentBenchmark.MICROS_PER_TICK / answers, load);
    }
}
