package io.mesosiam.fakes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Shell lines, as somebody types them. */
public final class Shell {
    private Shell() {}

    /**
     * Runs them in the calling thread's namespaces.
     *
     * @return what they print
     * @throws IllegalStateException if one of them fails
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
