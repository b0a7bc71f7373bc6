package io.mesosiam.agent;

import java.io.Closeable;
import java.io.IOException;

/** Clears up what would be left on the host, once: at the end of a test, or when its program is told to stop before that. */
public final class Clearing implements Closeable {
    private final Closeable clear;
    private final Thread atExit;

    /** @param what is said to be left behind where clearing up fails as the program stops */
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
            return; // it is at work
        }
        clear.close();
    }
}
