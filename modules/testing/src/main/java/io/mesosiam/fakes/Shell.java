package io.mesosiam.fakes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs shell commands. */
public final class Shell {
    private Shell() {}

    /**
     * Runs a script in the namespaces of the calling thread.
     *
     * @return its output
     * @throws IllegalStateException if a command fails
     */
    public static String run(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(script + ": " + out.strip());
        }
        return out;
    }
}
