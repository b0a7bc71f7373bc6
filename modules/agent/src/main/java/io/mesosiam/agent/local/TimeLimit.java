package io.mesosiam.agent.local;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Closes a connection when its time is up, which ends every call that waits on it: connecting, a handshake, a read. A Unix socket has
 * no time limits of its own, and one on each read would let a peer go on for ever byte by byte.
 */
public final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final Thread waiting;
    private volatile boolean up;

    private TimeLimit(Duration limit, Closeable connection) {
        this.limit = limit;
        this.waiting = Thread.ofVirtual().name("time-limit").unstarted(() -> closeLater(connection));
    }

    /** Starts the time; to be closed by whoever has finished within it. */
    public static TimeLimit of(Duration limit, Closeable connection) {
        TimeLimit running = new TimeLimit(limit, connection);
        running.waiting.start();
        return running;
    }

    private void closeLater(Closeable connection) {
        try {
            Thread.sleep(limit);
            up = true;
            connection.close();
        } catch (InterruptedException | IOException done) {
            // finished in time, or closed already
        }
    }

    /** What a failure on the connection means: the time was up, if that closed it. */
    public IOException explain(IOException failure) {
        return up ? new IOException("no answer in " + limit.toMillis() + " ms", failure) : failure;
    }

    @Override
    public void close() {
        waiting.interrupt();
    }
}
