package io.mesosiam.agent.local;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Closes a connection when its time is up, which ends every call that waits on it: connecting, a handshake, a read. A Unix socket has
 * no time limits of its own, and one on each read would let a peer go on for ever byte by byte.
 */
public final class TimeLimit implements AutoCloseable {
    private final Thread waiting;

    private TimeLimit(Thread waiting) {
        this.waiting = waiting;
    }

    /** Starts the time; to be closed by whoever has finished within it. */
    public static TimeLimit of(Duration limit, Closeable connection) {
        return new TimeLimit(Thread.ofVirtual().name("time-limit").start(() -> {
            try {
                Thread.sleep(limit);
                connection.close();
            } catch (InterruptedException | IOException done) {
                // finished in time, or closed already
            }
        }));
    }

    @Override
    public void close() {
        waiting.interrupt();
    }
}
