package io.mesosiam.policy;

import io.smallrye.mutiny.TimeoutException;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * One connection, kept out of the pool for as long as it lives, that hears of changes (LISTEN) and is asked for the version.
 * Asking proves that it could still hear: a peer that vanished without a word is found out by its silence.
 */
final class ChangeListener {
    private static final Logger LOG = Logger.getLogger(ChangeListener.class);

    private final SqlConnection connection;
    private final Duration timeout;
    private volatile boolean lost;

    private ChangeListener(SqlConnection connection, Duration timeout) {
        this.connection = connection;
        this.timeout = timeout;
    }

    /** @param news called for each change, and when the connection is lost, on a thread that must not be held up */
    static ChangeListener open(Pool pool, Duration timeout, Runnable news) {
        ChangeListener listener = new ChangeListener(connect(pool, timeout), timeout);
        PgConnection.cast(listener.connection.getDelegate())
                .notificationHandler(change -> news.run())
                .exceptionHandler(broken -> LOG.debug("the listening connection broke", broken)) // it closes next
                .closeHandler(closed -> {
                    listener.lost = true;
                    news.run();
                });
        try {
            listener.connection.query("listen policy_version").execute().await().atMost(timeout);
        } catch (RuntimeException e) {
            listener.connection.closeAndForget();
            throw e;
        }
        return listener;
    }

    private static SqlConnection connect(Pool pool, Duration timeout) {
        AtomicBoolean given = new AtomicBoolean();
        try {
            return pool.getConnection()
                    .invoke(late -> {
                        if (given.getAndSet(true)) {
                            late.closeAndForget();
                        }
                    })
                    .await()
                    .atMost(timeout);
        } catch (TimeoutException e) {
            given.set(true);
            throw e;
        }
    }

    /**
     * Whether it was closed or fell silent. A silent one is not given back, since the next to borrow it would wait, too; the
     * pool drops it when its socket closes.
     */
    boolean isLost() {
        return lost;
    }

    long version() {
        try {
            return connection
                    .query("select version from policy_version")
                    .execute()
                    .await()
                    .atMost(timeout)
                    .iterator()
                    .next()
                    .getLong("version");
        } catch (TimeoutException e) {
            lost = true;
            throw e;
        }
    }

    /** Gives the connection back to the pool. */
    void close() {
        connection
                .query("unlisten policy_version")
                .execute()
                .chain(connection::close)
                .await()
                .atMost(timeout);
    }
}
