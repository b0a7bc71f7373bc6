package io.mesosiam.postgres;

import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A name that one process of all that use the database has at a time. It is an advisory lock of a connection of its own: Postgres gives
 * it free when that connection ends, however the process ended. A machine that disappears is noticed within half a minute.
 *
 * <p>Postgres may keep a connection that this end has lost, and the lock with it. Such a connection is not another's: it is ended, and the
 * name is unknown until it has.
 */
public final class SessionLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SessionLock.class);
    private static final int MAX_BACKENDS = 1000;

    private final Pool pool;
    private final String name;
    private final Duration timeout;
    private volatile State state = State.UNKNOWN;
    /** Connections on which this process has tried to take the name, as Postgres tells them apart. */
    private final Set<String> backends = new LinkedHashSet<>();

    private @Nullable ListeningConnection connection;
    private boolean closed;

    /** Whose the name is. */
    public enum State {
        /** The database doesn't answer, or a connection that this process has lost still has the name. */
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
        // remembered before the lock is tried: the answer to that may be lost
        remember(open.backend());
        return open.tryLock(name) ? State.OURS : holder(open);
    }

    private void remember(String backend) {
        backends.add(backend);
        if (backends.size() > MAX_BACKENDS) {
            backends.remove(backends.iterator().next());
        }
    }

    private State holder(ListeningConnection open) {
        Optional<ListeningConnection.LockHolder> found = open.lockHolder(name);
        if (found.isEmpty()) { // it was given free in between
            return State.UNKNOWN;
        }
        ListeningConnection.LockHolder holder = found.get();
        if (!backends.contains(holder.backend())) {
            return State.ANOTHERS;
        }
        LOG.infof("lost connection to the database still has a lock, ending it lock=\"%s\" pid=%d", name, holder.pid());
        open.terminate(holder);
        return State.UNKNOWN;
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
