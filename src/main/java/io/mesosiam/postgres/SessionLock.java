package io.mesosiam.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A lock by name, held by at most one process among those that use the database. It is an advisory lock on its own
 * connection: PostgreSQL releases it when the connection ends, however the process ends. If a machine disappears, the
 * lock is released within half a minute.
 *
 * <p>PostgreSQL may keep a connection that this process has lost, together with the lock. This process then terminates
 * that connection, and the state is {@link State#UNKNOWN} until it has ended.
 */
public final class SessionLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SessionLock.class);
    private static final int MAX_BACKENDS = 1000;

    private final SessionPool sessions;
    private final String name;
    private final Duration timeout;
    private volatile State state = State.UNKNOWN;

    /** Identifiers of the connections on which this process has tried to take the lock. */
    @GuardedBy("this")
    private final Set<String> backends = new LinkedHashSet<>();

    @GuardedBy("this")
    private @Nullable ListeningConnection connection;

    /** Another lock, which several processes hold; empty if this process does not hold it. */
    @GuardedBy("this")
    private Optional<String> shared = Optional.empty();

    /** Whether the connection holds it. */
    @GuardedBy("this")
    private boolean sharing;

    @GuardedBy("this")
    private boolean closed;

    /** Which process holds the lock. */
    public enum State {
        /** The database doesn't answer, or a connection that this process has lost still holds the lock. */
        UNKNOWN,
        OURS,
        ANOTHERS
    }

    /** @param timeout time limit for one answer of the database */
    public SessionLock(SessionPool sessions, String name, Duration timeout) {
        this.sessions = sessions;
        this.name = name;
        this.timeout = timeout;
    }

    /** The state at the last {@link #tryAcquire}. */
    public State state() {
        return state;
    }

    /** Takes the lock if it is free, or checks that this process still holds it. Blocks on the database. */
    public synchronized State tryAcquire() {
        try {
            state = closed ? State.UNKNOWN : taken();
        } catch (RuntimeException e) {
            LOG.debug("lock state not read", e);
            drop();
            state = State.UNKNOWN;
        }
        return state;
    }

    @GuardedBy("this")
    private State taken() {
        ListeningConnection open = connection;
        if (open == null || open.hasEnded()) {
            state = State.UNKNOWN;
            open = ListeningConnection.take(sessions, timeout, () -> {});
            connection = open;
            sharing = false;
        }
        if (state == State.OURS) {
            open.probe();
        } else {
            // Remembered before the attempt, because the answer to the attempt can be lost.
            remember(open.backend());
            if (!open.tryLock(name)) {
                return holder(open);
            }
        }
        share(open);
        return State.OURS;
    }

    /** Takes the shared lock, if this process is to hold it. */
    @GuardedBy("this")
    private void share(ListeningConnection open) {
        if (shared.isPresent() && !sharing) {
            open.share(shared.get(), true);
            sharing = true;
        }
    }

    /**
     * Holds another lock beside this one, together with other processes, whenever this one is held: others count this process
     * by it. Blocks on the database.
     */
    public synchronized void share(String lock) {
        shared = Optional.of(lock);
        State unused = tryAcquire();
    }

    /** Ends {@link #share}. Blocks on the database. */
    public synchronized void shareNoMore() {
        Optional<String> held = shared;
        shared = Optional.empty();
        ListeningConnection open = connection;
        if (sharing && held.isPresent() && open != null) {
            try {
                open.share(held.get(), false);
                sharing = false;
            } catch (RuntimeException e) {
                LOG.debug("shared lock not released, ending its connection", e);
                drop();
                state = State.UNKNOWN;
            }
        }
    }

    /** Number of other processes that hold a shared lock; empty if the database does not answer. Blocks on the database. */
    public synchronized OptionalLong others(String lock) {
        State now = tryAcquire();
        ListeningConnection open = connection;
        if (now == State.UNKNOWN || open == null) {
            return OptionalLong.empty();
        }
        try {
            Set<String> own = Set.copyOf(backends);
            return OptionalLong.of(open.lockHolders(lock).stream()
                    .filter(holder -> !own.contains(holder.backend()))
                    .count());
        } catch (RuntimeException e) {
            LOG.debug("holders of a shared lock not read", e);
            return OptionalLong.empty();
        }
    }

    @GuardedBy("this")
    private void remember(String backend) {
        backends.add(backend);
        if (backends.size() > MAX_BACKENDS) {
            backends.remove(backends.iterator().next());
        }
    }

    @GuardedBy("this")
    private State holder(ListeningConnection open) {
        Optional<ListeningConnection.LockHolder> found = open.lockHolder(name);
        if (found.isEmpty()) { // it has been released since the attempt
            return State.UNKNOWN;
        }
        ListeningConnection.LockHolder holder = found.get();
        if (!backends.contains(holder.backend())) {
            return State.ANOTHERS;
        }
        LOG.infof("lost database connection still holds lock, terminating it lock=\"%s\" pid=%d", name, holder.pid());
        open.terminate(holder);
        return State.UNKNOWN;
    }

    @GuardedBy("this")
    private void drop() {
        ListeningConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Releases the lock. */
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
