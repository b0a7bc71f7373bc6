package io.mesosiam.agent;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The agent as a separate process, with only its own class path and environment. */
public final class AgentProcess implements AutoCloseable {
    private static final Duration TIMEOUT = TimeLimit.seconds(30);
    private static final Pattern LISTENS = Pattern.compile("endpoint listens address=\\S*?/?([0-9.]+):([0-9]+)");
    private static final Pattern METRICS = Pattern.compile("metrics listener address=\\S*?/?([0-9.]+):([0-9]+)");

    private final Process process;
    private final LogFile log;

    private AgentProcess(Process process, LogFile log) {
        this.process = process;
        this.log = log;
    }

    public static AgentProcess start(AgentProgram program, Path directory, Map<String, String> settings)
            throws IOException {
        return start(program, directory, settings, List.of());
    }

    /**
     * Starts it.
     *
     * @param flags for its JVM, besides the usual ones
     */
    static AgentProcess start(AgentProgram program, Path directory, Map<String, String> settings, List<String> flags)
            throws IOException {
        return start(List.of(), program, directory, settings, flags);
    }

    /**
     * Starts it through another program.
     *
     * @param through a command that becomes the agent, for example after it has given up rights
     */
    static AgentProcess start(
            List<String> through,
            AgentProgram program,
            Path directory,
            Map<String, String> settings,
            List<String> flags)
            throws IOException {
        List<String> command = new ArrayList<>(through);
        command.addAll(program.command(flags));
        Path log = Files.createTempFile(directory, "agent", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        // its default port may be in use by another agent
        builder.environment().put("MESOS_IAM_AGENT_METRICS_LISTEN", "off");
        builder.environment().putAll(settings);
        return new AgentProcess(builder.start(), new LogFile(log));
    }

    public long pid() {
        return process.pid();
    }

    public String log() throws IOException {
        return log.text();
    }

    /** The log, once it has this text or the wait for it has ended: lines are written some time after their events. */
    public String logWith(String text) throws Exception {
        var unused = log.await(Pattern.compile(Pattern.quote(text)), TIMEOUT, process::isAlive);
        return log();
    }

    /** The credential endpoint; waits until the agent listens. */
    public URI endpoint() throws Exception {
        return address(LISTENS).resolve("/v2/credentials");
    }

    /** The metrics endpoint; waits until the agent listens there. */
    public URI metrics() throws Exception {
        return address(METRICS).resolve("/metrics");
    }

    private URI address(Pattern line) throws Exception {
        Optional<MatchResult> listens = log.await(line, TIMEOUT, process::isAlive);
        if (listens.isEmpty()) {
            throw new AssertionError("the agent doesn't listen: " + log());
        }
        return URI.create(
                "http://" + listens.get().group(1) + ":" + listens.get().group(2));
    }

    public int exitCode() throws Exception {
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the agent doesn't end: " + log());
        }
        return process.exitValue();
    }

    /** Sends SIGTERM and waits. */
    public int stop() throws Exception {
        process.destroy();
        return exitCode();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
