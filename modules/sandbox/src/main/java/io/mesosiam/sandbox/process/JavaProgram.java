package io.mesosiam.sandbox.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How programs are started on the JVM that runs this one.
 *
 * @param temporary where they may leave temporary files
 */
public record JavaProgram(Path temporary) {
    /** For the small programs of the sandbox: quick to start, little memory. */
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private static final int USUAL_HEAP = 64;

    /** For children that share this program's place for temporary files. */
    public static JavaProgram here() {
        return new JavaProgram(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** This JVM's own {@code java}. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A class of ours, from this program's class path. */
    public List<String> of(Class<?> main, String... arguments) {
        return of(USUAL_HEAP, main, arguments);
    }

    /** The same with a heap of so many megabytes at most. */
    public List<String> of(int heap, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(SMALL);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.add("-Xmx" + heap + "m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A jar that says itself what it starts. */
    public List<String> jar(Path jar, List<String> options) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(options);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }
}
