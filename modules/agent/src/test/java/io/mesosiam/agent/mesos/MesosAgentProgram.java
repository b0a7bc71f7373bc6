package io.mesosiam.agent.mesos;

import io.mesosiam.sandbox.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A Mesos agent's port in a separate process, which may be another user's. */
final class MesosAgentProgram implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Path classes;
    private int port;

    private MesosAgentProgram(Process process, Path classes) {
        this.process = process;
        this.out = process.inputReader();
        this.classes = classes;
    }

    /**
     * Starts the process, and returns when it listens.
     *
     * @param port 0 for any
     * @param prefix a command that executes the process, for example as another user
     */
    static MesosAgentProgram start(int port, String... prefix) throws IOException {
        Path classes = Files.createTempDirectory("mesos-iam-fake");
        Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path to = Files.createDirectories(classes.resolve("io/mesosiam/agent/mesos"));
        try (var in = FakeMesosAgent.class.getResourceAsStream("FakeMesosAgent.class")) {
            Files.copy(in, to.resolve("FakeMesosAgent.class"));
        }
        List<String> command = new ArrayList<>(List.of(prefix));
        command.addAll(List.of(
                JavaProgram.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes.toString(),
                FakeMesosAgent.class.getName(),
                Integer.toString(port)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        MesosAgentProgram program = new MesosAgentProgram(process, classes);
        try {
            program.port = Integer.parseInt(program.out.readLine());
        } catch (IOException | NumberFormatException e) {
            program.close();
            throw e;
        }
        return program;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Ends the process and returns the number of requests that it received. */
    int requests() throws IOException {
        process.outputWriter().close();
        String last = out.readLine();
        return Integer.parseInt(last.substring(last.lastIndexOf(' ') + 1));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        try (var files = Files.walk(classes)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // closed before
        }
    }
}
