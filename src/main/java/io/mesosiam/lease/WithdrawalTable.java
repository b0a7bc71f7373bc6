package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The withdrawals in Postgres, followed as they change: read again at each notification, and every so often in case one
 * was lost. While the database is away the last ones stay.
 */
public final class WithdrawalTable implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WithdrawalTable.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String STANDING = """
            select framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text, reason
            from withdrawal where lifted_at is null""";

    private final Pool pool;
    private final Duration poll;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean closed;
    private volatile boolean lost = true;
    private boolean away;
    private @Nullable SqlConnection listening;
    private @Nullable Thread thread;

    public WithdrawalTable(Pool pool, LeaseConfig config) {
        this.pool = pool;
        this.poll = config.withdrawalPoll();
    }

    /**
     * Reads the withdrawals, waits for them, and follows them from then on.
     *
     * @param listener is given all that stand: before this returns, and on a virtual thread whenever they are others
     * @throws RuntimeException if the database can't be read: without them an ended lease could come back
     */
    public void start(Consumer<Set<Withdrawal>> listener) {
        Set<Withdrawal> first = read();
        listener.accept(first);
        thread = Thread.ofVirtual().name("withdrawal-table").start(() -> follow(first, listener));
    }

    /** All that stand now. */
    public Set<Withdrawal> read() {
        Set<Withdrawal> all = new HashSet<>();
        for (Row row : pool.query(STANDING).execute().await().atMost(PATIENCE)) {
            try {
                all.add(withdrawal(row));
            } catch (RuntimeException e) {
                LOG.warnf("a withdrawal can't be read reason=%s", e.getMessage());
            }
        }
        return all;
    }

    @Override
    public void close() {
        closed = true;
        news.release();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void follow(Set<Withdrawal> first, Consumer<Set<Withdrawal>> listener) {
        Set<Withdrawal> last = first;
        while (!closed) {
            try {
                listen();
                Set<Withdrawal> now = read();
                if (!now.equals(last)) {
                    listener.accept(now);
                    last = now;
                }
                away = false;
            } catch (RuntimeException e) {
                drop();
                if (!away) {
                    LOG.warnf("the withdrawals can't be followed, the last ones stay reason=\"%s\"", e.getMessage());
                }
                away = true;
            }
            await(away ? Duration.ofSeconds(1) : poll);
        }
        stopListening();
    }

    private void listen() {
        if (lost) {
            SqlConnection connection = pool.getConnection().await().atMost(PATIENCE);
            lost = false;
            listening = connection;
            PgConnection.cast(connection.getDelegate())
                    .notificationHandler(_ -> news.release())
                    .closeHandler(_ -> {
                        lost = true;
                        news.release();
                    });
            connection.query("listen withdrawal").executeAndAwait();
        }
    }

    /** Forgets the connection, whatever became of it; the next look makes another. */
    private void drop() {
        lost = true;
        SqlConnection connection = listening;
        listening = null;
        if (connection != null) {
            connection.closeAndForget();
        }
    }

    private void stopListening() {
        SqlConnection connection = listening;
        if (connection != null && !lost) {
            try {
                connection
                        .query("unlisten withdrawal")
                        .execute()
                        .chain(connection::close)
                        .await()
                        .atMost(PATIENCE);
            } catch (RuntimeException e) {
                LOG.debug("the listening connection could not be given back", e);
            }
        }
    }

    private void await(Duration time) {
        try {
            if (news.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private static Withdrawal withdrawal(Row row) {
        @Nullable Long sequence = row.getLong("launch_sequence");
        return new Withdrawal(
                Optional.ofNullable(row.getString("framework_id")).map(FrameworkId::new),
                Optional.ofNullable(row.getString("task_id")).map(TaskId::new),
                Optional.ofNullable(row.getString("mesos_agent_id")).map(MesosAgentId::new),
                sequence == null ? OptionalLong.empty() : OptionalLong.of(sequence),
                Optional.ofNullable(row.getString("credential_name")).map(CredentialName::new),
                row.getString("reason"));
    }
}
