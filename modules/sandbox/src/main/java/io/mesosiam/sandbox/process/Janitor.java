package io.mesosiam.sandbox.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/**
 * Removes a directory when the parent process has ended, even if that was killed or the whole process group got a signal
 * such as a terminal's: as soon as a database in it has stopped, or after half a minute.
 */
public final class Janitor implements AutoCloseable {
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            cat >/dev/null
            for tenth in $(seq 300); do
                [ -e "$2" ] || break
                sleep 0.1
            done
            for second in $(seq 30); do
                rm -rf "$1" 2>/dev/null && exit 0
                sleep 1
            done
            """;

    private final Process process;

    private Janitor(Process process) {
        this.process = process;
    }

    /**
     * Starts a janitor.
     *
     * @param unless a file in the directory: while it exists, the directory is in use
     */
    public static Janitor of(Path directory, Path unless) throws IOException {
        return new Janitor(new ProcessBuilder("/bin/sh", "-c", SCRIPT, "sh", directory.toString(), unless.toString())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start());
    }

    /** Lets the janitor clean up now, and waits for it. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            int ignored = process.waitFor();
        } catch (IOException gone) {
            // it is already cleaning up
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
