package io.mesosiam.postgres;

import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/**
 * A connection that executes LISTEN. It is taken out of the pool and never returned, because the pool would hand it
 * with its subscriptions to a caller that expects a fresh connection. Instead, the server terminates it ({@link
 * #close}).
 */
final class ListeningConnection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ListeningConnection.class);

    /**
     * Identifies a connection: process ids are reused, but not together with the connection's start time. Converted to
     * text to preserve precision.
     */
    private static final String BACKEND = "pid || ' ' || extract(epoch from backend_start)";

    // PostgreSQL shows an advisory lock of one bigint with its halves as classid and objid, and objsubid 1.
    private static final String HOLDER = """
            select pid, coalesce(%s, '') as backend
            from pg_locks left join pg_stat_activity using (pid),
                 hashtextextended($1, 0) as key
            where locktype = 'advisory' and granted and objsubid = 1
              and database = (select oid from pg_database where datname = current_database())
              and classid::bigint = (key >> 32) & 4294967295 and objid::bigint = key & 4294967295""".formatted(BACKEND);

    private final SqlConnection connection;
    private final Duration timeout;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    private ListeningConnection(SqlConnection connection, Duration timeout) {
        this.connection = connection;
        this.timeout = timeout;
    }

    /**
     * Takes a connection out of the pool. It doesn't listen yet.
     *
     * @param changed called at each notification and when the connection ends without {@link #close}, on a thread that
     *     must not block
     * @throws IllegalStateException if no connection is available within {@code timeout}; a later one is
     *     returned to the pool at once
     */
    static ListeningConnection take(SessionPool sessions, Duration timeout, Runnable changed) {
        ListeningConnection taken = new ListeningConnection(connect(sessions, timeout), timeout);
        PgConnection.cast(taken.connection.getDelegate())
                .notificationHandler(_ -> changed.run())
                .exceptionHandler(
                        broken -> LOG.debug("listening connection failed", broken)) // the close handler follows
                .closeHandler(_ -> {
                    boolean unused = taken.ended.complete(null);
                    if (!taken.closing.get()) {
                        changed.run();
                    }
                });
        return taken;
    }

    /**
     * Takes a connection. The caller and the pool both try to complete {@code arrival}; the first decides which of them
     * owns a late connection.
     */
    private static SqlConnection connect(SessionPool sessions, Duration timeout) {
        CompletableFuture<SqlConnection> arrival = new CompletableFuture<>();
        var unused = sessions.pool()
                .getConnection()
                .subscribe()
                .with(
                        connection -> {
                            if (!arrival.complete(connection)) {
                                connection.closeAndForget();
                            }
                        },
                        arrival::completeExceptionally);
        try {
            return arrival.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (arrival.completeExceptionally(e)) {
                throw new IllegalStateException("no connection within " + timeout.toSeconds() + " s", e);
            }
            return arrival.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException("no connection: " + PlainReason.of(cause(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!arrival.completeExceptionally(e) && !arrival.isCompletedExceptionally()) {
                arrival.join().closeAndForget();
            }
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Throwable cause(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    /**
     * Executes LISTEN.
     *
     * @throws RuntimeException if the server doesn't confirm in time
     */
    void listen(String channel) {
        var unused = connection.query("listen " + channel).execute().await().atMost(timeout);
    }

    /**
     * Takes an advisory lock. PostgreSQL releases it when the connection ends; if this machine disappears, after half a
     * minute.
     *
     * @return false if another connection holds the lock
     * @throws RuntimeException if the server doesn't answer in time
     */
    boolean tryLock(String name) {
        var unused = connection
                .query("set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3")
                .execute()
                .await()
                .atMost(timeout);
        return connection
                .preparedQuery("select pg_try_advisory_lock(hashtextextended($1, 0)) as locked")
                .execute(Tuple.of(name))
                .await()
                .atMost(timeout)
                .iterator()
                .next()
                .getBoolean("locked");
    }

    /**
     * The connection that holds an advisory lock.
     *
     * @param backend distinguishes it from every other connection, including a later one with the same process id;
     *     empty if the database user may not see it
     */
    record LockHolder(int pid, String backend) {}

    /** The identifier of this connection, as in {@link LockHolder}. */
    String backend() {
        return connection
                .query("select " + BACKEND + " as backend from pg_stat_activity where pid = pg_backend_pid()")
                .execute()
                .await()
                .atMost(timeout)
                .iterator()
                .next()
                .getString("backend");
    }

    /** Takes or releases an advisory lock that several connections can hold. This one has it at most once. */
    void share(String name, boolean held) {
        String function = held ? "pg_advisory_lock_shared" : "pg_advisory_unlock_shared";
        var unused = connection
                .preparedQuery("select " + function + "(hashtextextended($1, 0))")
                .execute(Tuple.of(name))
                .await()
                .atMost(timeout);
    }

    /** Returns the connection that holds the lock of {@link #tryLock}; empty if the lock is free. */
    Optional<LockHolder> lockHolder(String name) {
        return lockHolders(name).stream().findFirst();
    }

    /** Returns the connections that hold the lock of {@link #share}. */
    List<LockHolder> lockHolders(String name) {
        List<LockHolder> holders = new ArrayList<>();
        for (Row row :
                connection.preparedQuery(HOLDER).execute(Tuple.of(name)).await().atMost(timeout)) {
            holders.add(new LockHolder(row.getInteger("pid"), row.getString("backend")));
        }
        return holders;
    }

    /** Terminates another connection of the same database user, if it is still the given one. */
    void terminate(LockHolder holder) {
        var unused = connection
                .preparedQuery("select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and " + BACKEND
                        + " = $2")
                .execute(Tuple.of(holder.pid(), holder.backend()))
                .await()
                .atMost(timeout);
    }

    /**
     * Sends a query to check that the server answers: a peer that disappeared without closing the connection sends no
     * notifications either.
     *
     * @throws RuntimeException if there is no answer in time
     */
    void probe() {
        var unused = connection.query(TableFollower.PROBE).execute().await().atMost(timeout);
    }

    /** Whether the connection has ended. */
    boolean hasEnded() {
        return ended.isDone();
    }

    /** Calls {@code then} when the connection has ended, or at once if it has ended already. */
    void whenEnded(IntSupplier then) {
        var unused = ended.thenRun(() -> {
            int ignored = then.getAsInt();
        });
    }

    /**
     * Requests that the server terminate the connection. Doesn't block and may be called more than once. If the server
     * doesn't answer, the connection ends when the server or the network gives up.
     */
    @Override
    public void close() {
        if (!closing.getAndSet(true) && !hasEnded()) {
            // The failure is the requested end of the connection.
            var unused = connection
                    .query("select pg_terminate_backend(pg_backend_pid())")
                    .execute()
                    .subscribe()
                    .with(_ -> {}, end -> LOG.debug("listening connection ended", end));
        }
    }

    /** Closes the connection and waits for its end, at most for the timeout. */
    void closeAndWait() {
        close();
        try {
            ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("listening connection not ended in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
