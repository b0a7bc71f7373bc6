package io.mesosiam.agent;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The agent's jar as a process of its own, with nothing else on its class path and nothing else in its environment. */
public final class AgentProcess implements AutoCloseable {
    /** How docker/agent.Dockerfile starts it. */
    static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms4m",
            "-Xmx32m",
            "-Xss256k",
            "-XX:-UsePerfData",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:MaxMetaspaceSize=48m",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError");

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern LISTENS = Pattern.compile("endpoint listens address=\\S*?/?([0-9.]+):([0-9]+)");
    private static final Pattern METRICS = Pattern.compile("metrics listener address=\\S*?/?([0-9.]+):([0-9]+)");

    private final Process process;
    private final Path log;

    private AgentProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    public static AgentProcess start(Path jar, Path directory, Map<String, String> settings) throws IOException {
        return start(jar, directory, settings, List.of());
    }

    /**
     * Starts it.
     *
     * @param flags for its JVM, besides the usual ones
     */
    static AgentProcess start(Path jar, Path directory, Map<String, String> settings, List<String> flags)
            throws IOException {
        return start(List.of(), jar, directory, settings, flags);
    }

    /**
     * Starts it through another program.
     *
     * @param through a command that becomes the agent, such as one that gives up rights
     */
    static AgentProcess start(
            List<String> through, Path jar, Path directory, Map<String, String> settings, List<String> flags)
            throws IOException {
        List<String> command = new ArrayList<>(through);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        Path log = Files.createTempFile(directory, "agent", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        // its usual port may be another agent's
        builder.environment().put("MESOS_IAM_AGENT_METRICS_LISTEN", "off");
        builder.environment().putAll(settings);
        return new AgentProcess(builder.start(), log);
    }

    long pid() {
        return process.pid();
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Where credentials are asked for; waits until the agent listens. */
    public URI endpoint() throws Exception {
        return address(LISTENS).resolve("/v2/credentials");
    }

    /** Where its metrics are; waits until it listens there. */
    URI metrics() throws Exception {
        return address(METRICS).resolve("/metrics");
    }

    private URI address(Pattern line) throws Exception {
        try (WatchService changes = log.getFileSystem().newWatchService()) {
            var ignored = log.getParent().register(changes, StandardWatchEventKinds.ENTRY_MODIFY);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end && process.isAlive()) {
                Matcher listens = line.matcher(log());
                if (listens.find()) {
                    return URI.create("http://" + listens.group(1) + ":" + listens.group(2));
                }
                var key = changes.poll(1, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
        throw new AssertionError("the agent doesn't listen: " + log());
    }

    int exitCode() throws Exception {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the agent doesn't end: " + log());
        }
        return process.exitValue();
    }

    /** Sends SIGTERM and waits. */
    int stop() throws Exception {
        process.destroy();
        return exitCode();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
