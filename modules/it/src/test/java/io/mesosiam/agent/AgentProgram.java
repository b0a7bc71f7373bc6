package io.mesosiam.agent;

import io.mesosiam.sandbox.process.AgentJvm;
import io.mesosiam.sandbox.process.JavaProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The agent in one of its two forms: the jar, which a JVM runs, or the native image. */
public record AgentProgram(Path file) {
    /** The program under test: the jar of this build, or the path in {@code -Dagent.program}. */
    public static AgentProgram underTest() {
        return new AgentProgram(Path.of(System.getProperty("mesosiam.agent.program")));
    }

    public boolean isJar() {
        return file.toString().endsWith(".jar");
    }

    /**
     * How it is run.
     *
     * @param flags for its JVM, besides the usual ones; a native image understands the heap's
     */
    public List<String> command(List<String> flags, String... arguments) {
        String absolute = file.toAbsolutePath().toString();
        List<String> start = isJar()
                ? Stream.of(List.of(JavaProgram.java()), AgentJvm.FLAGS, flags, List.of("-jar", absolute))
                        .flatMap(List::stream)
                        .toList()
                : Stream.concat(Stream.of(absolute), flags.stream()).toList();
        return Stream.concat(start.stream(), Stream.of(arguments)).toList();
    }
}
