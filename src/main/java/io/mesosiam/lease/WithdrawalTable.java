package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PlainReason;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
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
            select framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text, reason, made_by
            from withdrawal where lifted_at is null""";

    private final Pool pool;
    private final TableFollower.Settings settings;
    private final RandomGenerator random;
    private volatile @Nullable TableFollower follower;

    public WithdrawalTable(Pool pool, LeaseConfig config, RandomGenerator random) {
        this.pool = pool;
        this.settings = new TableFollower.Settings("withdrawal", "withdrawal", config.withdrawalPoll(), PATIENCE);
        this.random = random;
    }

    /**
     * Reads the withdrawals, waits for them, and follows them from then on.
     *
     * @param listener is given all that stand: before this returns, and on a virtual thread whenever they are others
     * @throws RuntimeException if the database can't be read: without them an ended lease could come back
     */
    public void start(Consumer<Set<Withdrawal>> listener) {
        AtomicReference<Set<Withdrawal>> last = new AtomicReference<>(read());
        listener.accept(last.get());
        TableFollower starting = new TableFollower(pool, settings, random, () -> {
            Set<Withdrawal> now = read();
            if (!now.equals(last.get())) {
                listener.accept(now);
                last.set(now);
            }
        });
        follower = starting;
        starting.start();
    }

    /** All that stand now. */
    public Set<Withdrawal> read() {
        Set<Withdrawal> all = new HashSet<>();
        for (Row row : pool.query(STANDING).execute().await().atMost(PATIENCE)) {
            try {
                all.add(withdrawal(row));
            } catch (RuntimeException e) {
                LOG.warnf("a withdrawal can't be read reason=\"%s\"", PlainReason.of(e));
            }
        }
        return all;
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
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
                row.getString("reason"),
                Optional.ofNullable(row.getString("made_by")));
    }
}
