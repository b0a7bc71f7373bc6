package io.mesosiam.agent;

import java.io.Closeable;
import java.io.IOException;

/**
 * Removes what a test would leave on the host, once: when it is closed, or when the test's program is terminated
 * before.
 */
public final class Clearing implements Closeable {
    private final Closeable clear;
    private final Thread atExit;

    /** @param what named in the message if clearing fails while the program stops */
    public Clearing(Object what, Closeable clear) {
        this.clear = clear;
        this.atExit = new Thread(() -> {
            try {
                clear.close();
            } catch (IOException | RuntimeException e) {
                System.err.println("left behind: " + what + ": " + e);
            }
        });
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException stopping) {
            return; // the shutdown hook is running
        }
        clear.close();
    }
}
