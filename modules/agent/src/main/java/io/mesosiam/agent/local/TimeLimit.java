package io.mesosiam.agent.local;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Closes a connection after a time limit, which ends every call that waits on it: connect, handshake, read. A Unix
 * socket has no time limits, and a limit on each read would allow a peer to continue indefinitely, byte by byte.
 */
public final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final Thread waiting;
    private volatile boolean up;

    private TimeLimit(Duration limit, Closeable connection) {
        this.limit = limit;
        this.waiting = Thread.ofVirtual().name("time-limit").unstarted(() -> closeLater(connection));
    }

    /** Starts the time limit. Close it after the work is done. */
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

    /** The failure to report: a timeout if the limit closed the connection, else the failure itself. */
    public IOException explain(IOException failure) {
        return up ? new IOException("no answer in " + limit.toMillis() + " ms", failure) : failure;
    }

    @Override
    public void close() {
        waiting.interrupt();
    }
}
