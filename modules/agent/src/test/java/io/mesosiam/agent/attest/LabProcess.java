package io.mesosiam.agent.attest;

import io.mesosiam.agent.proc.ProcFs;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** A shell that executes commands one after the other. */
final class LabProcess implements AutoCloseable {
    private static final ProcFs PROC = new ProcFs(Path.of("/proc"));
    private static final String DONE = "::done ";
    private static final int STARTS = 3;

    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private LabProcess(Process process) {
        this.process = process;
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    /**
     * Starts a shell that answers. Tests reuse pids on purpose, so that a signal which another program on this machine meant for
     * an ended process can reach a new one: another shell is started then.
     *
     * @param prefix a command that executes the shell, for example in a namespace
     */
    static LabProcess start(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("bash", "--norc", "-s"));
        for (int left = STARTS; ; left--) {
            try {
                LabProcess started = new LabProcess(
                        new ProcessBuilder(command).redirectErrorStream(true).start());
                if (left == 1 || started.answers()) {
                    return started;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private boolean answers() {
        try {
            run(":");
            return true;
        } catch (UncheckedIOException | IllegalStateException e) {
            System.err.println(
                    "a shell has ended at its start: " + e.getMessage() + ", is alive: " + process.isAlive());
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** Runs a command in the shell itself and returns its output. The command must not fail. */
    String run(String command) {
        try {
            in.write(command + "\necho '" + DONE + "'$?\n");
            in.flush();
            StringBuilder output = new StringBuilder();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(DONE)) {
                    if (!line.equals(DONE + "0")) {
                        throw new IllegalStateException(command + ": " + line + " " + output);
                    }
                    return output.toString().strip();
                }
                output.append(line).append('\n');
            }
            throw new IllegalStateException(command + ": the shell has ended: " + output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Forks a child that inherits every descriptor of the shell, runs the commands and then waits until it is killed.
     *
     * @param first commands, each with a semicolon
     * @return its pid, after the commands have run
     */
    long fork(String first) {
        return Long.parseLong(
                run("exec 9< <( " + first + " echo up; exec sleep 3600 ); CHILD=$!; read -r -u 9 up; echo $CHILD"));
    }

    /**
     * Kills the shell and its children, and returns once they are gone. If the shell has already ended it does nothing:
     * another process may have its pid.
     */
    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(LabProcess::kill);
        process.onExit().join();
    }

    /**
     * Waits until a process that starts has a later start than this one. Two containers with one id that start in the same clock
     * tick (10 ms) look the same; Mesos gives no id twice.
     */
    void awaitLaterTick() throws IOException {
        long start = PROC.start(process.pid()).orElseThrow();
        while (ticksSinceBoot() <= start) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The kernel counts 100 ticks a second in {@code /proc}. */
    private static long ticksSinceBoot() throws IOException {
        String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
        return Long.parseLong(seconds.replace(".", ""));
    }

    /** The third field of {@code /proc/PID/stat}, of a process whose name has no spaces. */
    static String state(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).split(" ", -1)[2];
    }

    /**
     * Kills a process and returns once it is gone. The process need not be a child of this one, whose end the JDK would
     * only poll.
     */
    static void kill(ProcessHandle process) {
        OptionalLong start = PROC.start(process.pid());
        process.destroyForcibly();
        while (start.isPresent() && PROC.isAlive(process.pid(), start.getAsLong())) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
