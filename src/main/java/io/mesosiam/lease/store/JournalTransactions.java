package io.mesosiam.lease.store;

import io.mesosiam.postgres.UnansweredTransactions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/**
 * Runs transactions one at a time and waits for each, up to a limit. Each entry is written once:
 *
 * <ul>
 *   <li>A transaction that exceeds the limit before its COMMIT is abandoned. It is rolled back when the database answers.
 *   <li>If the COMMIT was sent and its answer is late or lost, the result is unknown. The next transaction starts after
 *       the server has ended that one (both take the same advisory lock), and omits entries whose audit events exist.
 * </ul>
 */
final class JournalTransactions {
    /**
     * Begins a transaction. Lock waits are short, and the server ends a transaction whose client has disappeared. The
     * advisory lock is free unless an earlier transaction of this controller has not ended.
     */
    private static final String BEGIN = """
            select set_config('lock_timeout', '1s', true), set_config('idle_in_transaction_session_timeout', '30s', true),
                pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked""";

    private static final String WRITTEN = "select entry_id from audit_event where entry_id = any ($1)";

    /**
     * Maximum number of connections that wait for the answer of an earlier transaction, so that an unresponsive server
     * doesn't exhaust the pool.
     */
    private static final int MAX_UNANSWERED = 2;

    private final Pool pool;
    private final Duration limit;
    private final String lockName = "mesos-iam journal " + UUID.randomUUID();
    private final Set<UUID> doubtful = ConcurrentHashMap.newKeySet();
    private final UnansweredTransactions unanswered = new UnansweredTransactions(MAX_UNANSWERED);

    private enum Stage {
        OPEN,
        COMMITTING,
        GIVEN_UP
    }

    /** @param limit the longest duration of one transaction */
    JournalTransactions(Pool pool, Duration limit) {
        this.pool = pool;
        this.limit = limit;
    }

    /**
     * Runs a transaction.
     *
     * @param work receives the entries that are not written yet
     * @throws JournalLate if the transaction does not finish in time
     * @throws RuntimeException if it failed
     */
    <T> T run(List<QueuedEntry> entries, BiFunction<SqlConnection, List<QueuedEntry>, Uni<T>> work) {
        Object transaction = unanswered
                .begin()
                .orElseThrow(() ->
                        new JournalLate("the database has not answered " + MAX_UNANSWERED + " earlier transactions"));
        AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);
        CompletableFuture<T> done = pool.withTransaction(connection -> Uni.createFrom()
                        .deferred(() -> begin(connection, stage))
                        .chain(() -> missing(connection, entries))
                        .invoke(() -> requireOpen(stage))
                        .chain(missing -> work.apply(connection, missing))
                        .invoke(() -> commit(stage)))
                .onTermination()
                .invoke(() -> unanswered.answered(transaction))
                .subscribeAsCompletionStage();
        try {
            T result = done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            entries.forEach(entry -> doubtful.remove(entry.id()));
            return result;
        } catch (TimeoutException e) {
            if (!stage.compareAndSet(Stage.OPEN, Stage.GIVEN_UP)) {
                doubt(entries);
            }
            throw new JournalLate("no answer within " + limit);
        } catch (ExecutionException e) {
            if (stage.get() == Stage.COMMITTING) {
                doubt(entries);
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            if (!stage.compareAndSet(Stage.OPEN, Stage.GIVEN_UP)) {
                doubt(entries);
            }
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Uni<Void> begin(SqlConnection connection, AtomicReference<Stage> stage) {
        requireOpen(stage);
        return connection.preparedQuery(BEGIN).execute(Tuple.of(lockName)).map(rows -> {
            if (!rows.iterator().next().getBoolean("locked")) {
                throw new JournalLate("an earlier transaction has not ended");
            }
            return null;
        });
    }

    private Uni<List<QueuedEntry>> missing(SqlConnection connection, List<QueuedEntry> entries) {
        UUID[] inDoubt =
                entries.stream().map(QueuedEntry::id).filter(doubtful::contains).toArray(UUID[]::new);
        if (inDoubt.length == 0) {
            return Uni.createFrom().item(entries);
        }
        return connection.preparedQuery(WRITTEN).execute(Tuple.of(inDoubt)).map(rows -> {
            Set<UUID> written = new HashSet<>();
            rows.forEach(row -> written.add(row.getUUID("entry_id")));
            return entries.stream()
                    .filter(entry -> !written.contains(entry.id()))
                    .toList();
        });
    }

    private void doubt(List<QueuedEntry> entries) {
        entries.forEach(entry -> doubtful.add(entry.id()));
    }

    private static void requireOpen(AtomicReference<Stage> stage) {
        if (stage.get() != Stage.OPEN) {
            throw new JournalLate("given up");
        }
    }

    private static void commit(AtomicReference<Stage> stage) {
        if (!stage.compareAndSet(Stage.OPEN, Stage.COMMITTING)) {
            throw new JournalLate("given up");
        }
    }
}
