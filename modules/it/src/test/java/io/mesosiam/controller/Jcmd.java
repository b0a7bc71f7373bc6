package io.mesosiam.controller;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Commands to a JVM of this machine. */
public final class Jcmd {
    private static final Pattern USED = Pattern.compile("used ([0-9]+)K");

    private Jcmd() {}

    /** Returns what the JVM prints. */
    static String run(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(pid),
                        command)
                .redirectErrorStream(true)
                .start();
        String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return printed;
    }

    /** The heap that a JVM uses after a full collection, in MiB. */
    public static double liveHeap(long pid) throws IOException, InterruptedException {
        String unused = run(pid, "GC.run");
        String printed = run(pid, "GC.heap_info");
        Matcher found = USED.matcher(printed);
        if (!found.find()) {
            throw new IllegalStateException(printed);
        }
        return Double.parseDouble(found.group(1)) / 1024;
    }
}
