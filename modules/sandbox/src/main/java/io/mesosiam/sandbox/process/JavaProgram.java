package io.mesosiam.sandbox.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds commands that start Java programs with the JVM of this process.
 *
 * @param temporary directory for their temporary files
 */
public record JavaProgram(Path temporary) {
    /** For the small programs of the sandbox: quick start, little memory. */
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private static final int USUAL_HEAP = 64;

    /** For children that use this program's temporary directory. */
    public static JavaProgram here() {
        return new JavaProgram(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Path of the {@code java} command of this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The command for one of our classes, with the class path of this program. */
    public List<String> of(Class<?> main, String... arguments) {
        return of(USUAL_HEAP, main, arguments);
    }

    /** The same, with a maximum heap size in megabytes. */
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

    /** The command for an executable jar. */
    public List<String> jar(Path jar, List<String> options) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(options);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }
}
