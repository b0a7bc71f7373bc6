package io.mesosiam.agent;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Restarts the agent while a real container sends requests on 200 new connections a second, and prints how many
 * requests of the container failed, and how long they took.
 *
 * <p>Requires root, a cgroup hierarchy and perl. Built as {@link AgentBenchmark} describes:
 *
 * <pre>java -cp "target/test-classes:target/classes:$(cat target/test.classpath)" io.mesosiam.agent.RestartBenchmark target/mesos-iam-agent.jar</pre>
 *
 * <p>Runs without an AOT cache first, then with the cache that the first run created; a native image in place of the jar
 * has none.
 */
public final class RestartBenchmark {
    private static final int PER_SECOND = 200;
    private static final int RESTARTS = 10;
    private static final Duration BETWEEN = Duration.ofSeconds(3);
    private static final PrintStream OUT = System.out;

    private RestartBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        AgentProgram program =
                new AgentProgram(Path.of(arguments.length > 0 ? arguments[0] : "target/mesos-iam-agent.jar"));
        Path directory = Files.createTempDirectory("mesos-iam-benchmark");
        try {
            measure("without an AOT cache", program, directory.resolve("without"), List.of());
            if (program.isJar()) {
                Path cache = directory.resolve("agent.aot");
                train(program, directory.resolve("train"), cache);
                measure("with an AOT cache", program, directory.resolve("with"), List.of("-XX:AOTCache=" + cache));
            }
        } finally {
            AgentBenchmark.delete(directory);
        }
    }

    private static void train(AgentProgram program, Path directory, Path cache) throws Exception {
        Files.createDirectories(directory);
        try (ActivatedAgent agent = new ActivatedAgent(program, directory, List.of("-XX:AOTCacheOutput=" + cache))) {
            long ignored = agent.start();
            Process asking = agent.asks(PER_SECOND);
            Thread.sleep(BETWEEN);
            var unused = ActivatedAgent.end(asking);
            ignored = agent.stop();
        }
        OUT.println("cache MiB " + Files.size(cache) / (1 << 20));
    }

    private static void measure(String what, AgentProgram program, Path directory, List<String> flags)
            throws Exception {
        Files.createDirectories(directory);
        try (ActivatedAgent agent = new ActivatedAgent(program, directory, flags)) {
            long ignored = agent.start();
            var warm = agent.asks(1);
            Thread.sleep(BETWEEN);
            Process asking = agent.asks(PER_SECOND);
            for (int i = 0; i < RESTARTS; i++) {
                Thread.sleep(BETWEEN);
                ignored = agent.stop();
                ignored = agent.start();
            }
            Thread.sleep(BETWEEN);
            FreshAsks.Result result = ActivatedAgent.end(asking);
            var unused = ActivatedAgent.end(warm);
            OUT.printf(
                    "%s: restarts=%d asks=%d failed=%d p50-ms=%d p99-ms=%d max-ms=%d %s%n",
                    what,
                    RESTARTS,
                    result.asks(),
                    result.failures().size(),
                    result.p50Millis(),
                    result.p99Millis(),
                    result.maxMillis(),
                    result.failures().stream().distinct().toList());
        }
    }
}
