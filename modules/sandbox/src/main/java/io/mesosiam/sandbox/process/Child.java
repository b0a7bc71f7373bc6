package io.mesosiam.sandbox.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process, tied to its standard input. Its standard output is read line by line; its log is a file.
 * {@link #close} closes its standard input and waits for its end.
 */
public final class Child implements AutoCloseable {
    private static final Duration TO_END = Duration.ofSeconds(15);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final int LAST_LINES = 12;
    private static final String END = "\0";

    private final String name;
    private final Path log;
    private final Process process;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts one of our own programs: it ends by itself when its standard input does.
     *
     * @param environment all that it gets
     * @param log where its standard error goes
     */
    public static Child speaking(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var child = new Child(name, log, start(ParentWatch.shielded(command), environment, log, Redirect.PIPE));
        Thread.ofVirtual().name(name + "-lines").start(child::listen);
        return child;
    }

    /**
     * Starts a program that knows nothing of parents.
     *
     * @param environment all that it gets
     * @param log where its standard output and error go
     */
    public static Child silent(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        return new Child(
                name, log, start(ParentWatch.watched(command), environment, log, Redirect.appendTo(log.toFile())));
    }

    private static Process start(List<String> command, Map<String, String> environment, Path log, Redirect output)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectOutput(output).redirectError(Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(output::add);
        } catch (IOException | java.io.UncheckedIOException gone) {
            // the end of the stream is reported as the last line
        }
        output.add(END);
    }

    public long pid() {
        return process.pid();
    }

    public boolean running() {
        return process.isAlive();
    }

    /**
     * The next line of its output.
     *
     * @throws IOException if it ends or exceeds the limit; the message has the end of its log
     */
    public String line(Duration within) throws IOException, InterruptedException {
        String line = output.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new IOException(name + " printed nothing in " + within.toSeconds() + " s" + logTail());
        }
        if (line.equals(END)) {
            output.add(END);
            throw new IOException(name + " has ended" + logTail());
        }
        return line;
    }

    /** Sends a line and waits for the answer, one line. */
    public synchronized String ask(String line, Duration within) throws IOException, InterruptedException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        return line(within);
    }

    /** Whether a program is ready. */
    @FunctionalInterface
    public interface Readiness<E extends Exception> {
        boolean holds() throws IOException, InterruptedException, E;
    }

    /**
     * Waits until the program is ready.
     *
     * @throws IOException if it ends or exceeds the limit; the message has the end of its log
     */
    public <E extends Exception> void await(Readiness<E> ready, Duration within)
            throws IOException, InterruptedException, E {
        long begun = System.nanoTime();
        while (!ready.holds()) {
            check();
            if (System.nanoTime() - begun > within.toNanos()) {
                close();
                throw new IOException(name + " is not ready after " + within.toSeconds() + " s" + logTail());
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    /** Throws if it has ended; the message has the end of its log. */
    public void check() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended with status " + process.exitValue() + logTail());
        }
    }

    /** The end of its log, to append to an error message. */
    private String logTail() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return all.isEmpty()
                    ? ""
                    : "; its log ends:\n  "
                            + String.join("\n  ", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            return "; its log " + log + " can't be read";
        }
    }

    /**
     * Sends SIGTERM to a {@link #silent} program of Java and waits for its end, however long it takes within the limit.
     *
     * @throws IOException if it exceeds the limit; the message has the end of its log
     */
    public void terminate(Duration within) throws IOException, InterruptedException {
        process.descendants()
                .filter(one ->
                        one.info().command().filter(JavaProgram.java()::equals).isPresent())
                .forEach(ProcessHandle::destroy);
        if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(name + " has not ended after " + within.toSeconds() + " s" + logTail());
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // it has ended already
        }
        try {
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException hurry) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
