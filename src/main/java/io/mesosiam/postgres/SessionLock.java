package io.mesosiam.postgres;

import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A name that one process of all that use the database has at a time. It is an advisory lock of a connection of its own: Postgres gives
 * it free when that connection ends, however the process ended. A machine that disappears is noticed within half a minute.
 */
public final class SessionLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SessionLock.class);

    private final Pool pool;
    private final String name;
    private final Duration timeout;
    private volatile State state = State.UNKNOWN;
    private @Nullable ListeningConnection connection;
    private boolean closed;

    /** Whose the name is. */
    public enum State {
        /** The database doesn't answer. */
        UNKNOWN,
        OURS,
        ANOTHERS
    }

    /** @param timeout how long the database may take for one answer */
    public SessionLock(Pool pool, String name, Duration timeout) {
        this.pool = pool;
        this.name = name;
        this.timeout = timeout;
    }

    /** What the last look found. */
    public State state() {
        return state;
    }

    /** Takes the name if it is free, and looks whether it is still ours if it was. Waits for the database. */
    public synchronized State look() {
        try {
            state = closed ? State.UNKNOWN : taken();
        } catch (RuntimeException e) {
            LOG.debug("lock not looked at", e);
            drop();
            state = State.UNKNOWN;
        }
        return state;
    }

    private State taken() {
        ListeningConnection open = connection;
        if (open == null || open.hasEnded()) {
            state = State.UNKNOWN;
            open = ListeningConnection.take(pool, timeout, () -> {});
            connection = open;
        }
        if (state == State.OURS) {
            open.probe();
            return State.OURS;
        }
        return open.tryLock(name) ? State.OURS : State.ANOTHERS;
    }

    private void drop() {
        ListeningConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Gives the name free. */
    @Override
    public synchronized void close() {
        closed = true;
        state = State.UNKNOWN;
        ListeningConnection open = connection;
        connection = null;
        if (open != null) {
            open.closeAndWait();
        }
    }
}
