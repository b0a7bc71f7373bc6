package io.mesosiam.agent.attest;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A shell that does what it is told, one command after the other. */
final class LabProcess implements AutoCloseable {
    private static final ProcFs PROC = new ProcFs(Path.of("/proc"));
    private static final String DONE = "::done ";

    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private LabProcess(Process process) {
        this.process = process;
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    /**
     * @param prefix a command that becomes the shell, such as one that enters a namespace
     */
    static LabProcess start(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("bash", "--norc", "-s"));
        try {
            return new LabProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Runs a command in the shell itself and gives its output; it must not fail. */
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
     * Starts a child that has every descriptor of the shell's, does something first and then waits to be ended.
     *
     * @param first commands, each with a semicolon
     * @return its pid, once these are done
     */
    long fork(String first) {
        return Long.parseLong(
                run("exec 9< <( " + first + " echo up; exec sleep 3600 ); CHILD=$!; read -r -u 9 up; echo $CHILD"));
    }

    /**
     * Ends the shell and its children at once, and returns when they are gone. Of a shell that has ended nothing is asked: its pid may be
     * another process's.
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

    /** The third field of {@code /proc/PID/stat}, of a process whose name has no spaces. */
    static String state(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).split(" ", -1)[2];
    }

    /** Ends a process that needn't be our child, for whose end the JDK would look only now and then, and returns when it is gone. */
    static void kill(ProcessHandle process) {
        OptionalLong start = PROC.start(process.pid());
        process.destroyForcibly();
        while (start.isPresent() && PROC.isAlive(process.pid(), start.getAsLong())) {
            Thread.onSpinWait();
        }
    }
}
