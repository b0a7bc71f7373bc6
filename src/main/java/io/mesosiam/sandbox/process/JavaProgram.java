package io.mesosiam.sandbox.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a program is started on the JVM that runs this one. */
public final class JavaProgram {
    /** For the small programs of the sandbox: quick to start, little memory. */
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private static final int USUAL_HEAP = 64;

    private JavaProgram() {}

    /** This JVM's own {@code java}. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A class of ours, from this program's class path. */
    public static List<String> of(Class<?> main, String... arguments) {
        return of(USUAL_HEAP, main, arguments);
    }

    /** The same with a heap of so many megabytes at most. */
    public static List<String> of(int heap, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(SMALL);
        command.add("-Xmx" + heap + "m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A jar that says itself what it starts. */
    public static List<String> jar(Path jar, List<String> options) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }
}
