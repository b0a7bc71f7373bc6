package io.mesosiam.lease.grant;

import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.UnansweredTransactions;
import io.mesosiam.postgres.WriteFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes the launch, the suspension and the end of grants, on a virtual thread of its own. Writes of one kind that wait are one
 * transaction: it costs PostgreSQL a quarter of as many statements, and the readers of the table are notified once. A write is repeated until the
 * database answers; a write that the database refuses is dropped, and the others of its statement are repeated. The first of two bindings wins:
 * the row takes only one, also from two controllers.
 */
final class GrantWrites implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(GrantWrites.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** Maximum number of transactions without an answer, also of those that were given up: each keeps a connection of the pool. */
    private static final int MAX_UNANSWERED = 2;

    /** The pause between writes from which on locks are reported. */
    private static final Duration LONG_LOCK = Duration.ofSeconds(1);

    /** Writes of one statement. The lease of each waits for the commit, so a statement stays well below a second. */
    private static final int MOST = 100;

    /** Lock waits are short, and the server ends a transaction whose client has disappeared. */
    private static final String LIMITS = "select set_config('lock_timeout', '1s', true),"
            + " set_config('idle_in_transaction_session_timeout', '30s', true)";

    /** Rows that another transaction has locked are left out and wait; the other grants are written. */
    private static final String LOCKED =
            "with free as materialized (select id from launch_grant where id = any ($1) order by id for no key update"
                    + " skip locked), changed as (update launch_grant set ";

    /** The trigger's audit event and {@code ended_by} name the controller; the setting lasts for the statement. */
    private static final String BY =
            " from free, (select set_config('mesos_iam.caller', $2, true)) as stated, unnest($1::uuid[]";

    private static final String OF = " where launch_grant.id = free.id and given.id = free.id and ended_at is null";
    private static final String WRITTEN =
            " returning launch_grant.id) select stored.id, changed.id is not null as changed,"
                    + " free.id is null as locked from launch_grant stored left join free on free.id = stored.id"
                    + " left join changed on changed.id = stored.id where stored.id = any ($1)";

    /** The launches of binds and ends. */
    private static final String LAUNCH =
            ", $3::text[], $4::text[], $5::text[], $6::text[]) as given (id, framework, task, agent, container)";

    private static final String BIND = LOCKED + "bound_framework_id = given.framework, bound_task_id = given.task,"
            + " bound_mesos_agent_id = given.agent, bound_container_id = given.container" + BY
            + LAUNCH + OF + " and bound_at is null and suspended_at is null and expires_at > now()" + WRITTEN;
    private static final String SUSPEND = LOCKED + "suspended_at = now(), suspended_reason = given.reason" + BY
            + ", $3::text[]) as given (id, reason)" + OF + " and bound_at is not null and suspended_at is null"
            + WRITTEN;
    private static final String END = LOCKED + "ended_at = now(), end_reason = 'task-ended'" + BY + LAUNCH + OF
            + " and bound_framework_id = given.framework and bound_task_id = given.task"
            + " and bound_mesos_agent_id = given.agent and bound_container_id = given.container" + WRITTEN;

    private final Pool pool;
    private final String controllerId;
    private final Duration timeout;
    private final Backoff backoff;
    private final Wakeup news = new TimedWakeup();
    private final Loop loop = new Loop("grant-writes");
    private final Map<Key, Write> waiting = new ConcurrentHashMap<>();

    /** Transactions without an answer, with the time since when. */
    private final UnansweredTransactions unanswered = new UnansweredTransactions(MAX_UNANSWERED);

    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    /** @param over whether it binds a grant to a launch that has ended since: the grant ends then */
    private record Write(UUID grant, String sql, List<String> values, boolean over) {
        Write(UUID grant, String sql, List<String> values) {
            this(grant, sql, values, false);
        }
    }

    GrantWrites(Pool pool, String controllerId, RandomGenerator random) {
        this(pool, controllerId, random, TIMEOUT);
    }

    /** @param timeout the time after which an answer is not waited for any longer */
    GrantWrites(Pool pool, String controllerId, RandomGenerator random, Duration timeout) {
        this.pool = pool;
        this.controllerId = controllerId;
        this.timeout = timeout;
        this.backoff = new Backoff(new Doubling(Duration.ofMillis(100), Duration.ofSeconds(5)), random);
    }

    void start() {
        thread = Thread.ofVirtual().name("grant-writes").start(() -> loop.run(() -> !closed, this::turn));
    }

    void bind(UUID grant, TaskContainer launch) {
        add(new Write(grant, BIND, values(launch)));
    }

    void suspend(UUID grant, String reason) {
        add(new Write(grant, SUSPEND, List.of(reason)));
    }

    /** Ends a grant that is bound to this launch. */
    void end(UUID grant, TaskContainer launch) {
        add(new Write(grant, END, values(launch)));
    }

    /** Ends the grants that wait to be bound to this launch, once they are: no later launch gets what the first one had. */
    void endOnceBound(TaskContainer launch) {
        List<String> holder = values(launch);
        waiting.replaceAll(
                (_, write) -> write.sql().equals(BIND) && write.values().equals(holder)
                        ? new Write(write.grant(), BIND, holder, true)
                        : write);
        news.wake();
    }

    private static List<String> values(TaskContainer launch) {
        TaskKey key = launch.task();
        return List.of(
                key.framework().value(),
                key.task().value(),
                key.agent().value(),
                launch.container().toString());
    }

    /** Why the last write failed; empty if it succeeded. */
    Optional<String> trouble() {
        return trouble;
    }

    private record Key(UUID grant, String sql) {}

    private void add(Write write) {
        if (waiting.putIfAbsent(new Key(write.grant(), write.sql()), write) == null) {
            news.wake();
        }
    }

    /** The loop, for metrics and readiness. */
    Loop loop() {
        return loop;
    }

    private void turn() throws InterruptedException {
        boolean failed = !writeAll();
        news.await(failed ? backoff.next() : IDLE);
    }

    /** {@return whether the database answered each write} */
    private boolean writeAll() {
        List<Uni<Boolean>> writes = batches().stream().map(this::write).toList();
        if (writes.isEmpty()) {
            return true;
        }
        if (all(writes, MAX_UNANSWERED).await().indefinitely()) {
            trouble = Optional.empty();
            backoff.succeeded();
            return true;
        }
        return false;
    }

    private Collection<List<Write>> batches() {
        Map<String, List<List<Write>>> batches = new HashMap<>();
        waiting.values().forEach(write -> {
            List<List<Write>> same = batches.computeIfAbsent(write.sql(), _ -> new ArrayList<>());
            if (same.isEmpty() || same.getLast().size() == MOST) {
                same.add(new ArrayList<>());
            }
            same.getLast().add(write);
        });
        return batches.values().stream().flatMap(List::stream).toList();
    }

    private static Uni<Boolean> all(List<Uni<Boolean>> writes, int concurrent) {
        return Uni.join()
                .all(writes)
                .usingConcurrencyOf(concurrent)
                .andCollectFailures()
                .map(answered -> !answered.contains(false));
    }

    /** Runs one statement for writes of one kind. */
    private Uni<Boolean> write(List<Write> batch) {
        Tuple values = Tuple.tuple()
                .addArrayOfUUID(batch.stream().map(Write::grant).toArray(UUID[]::new))
                .addString(controllerId);
        for (int i = 0; i < batch.getFirst().values().size(); i++) {
            int column = i;
            values.addArrayOfString(
                    batch.stream().map(write -> write.values().get(column)).toArray(String[]::new));
        }
        return Uni.createFrom()
                .completionStage(() -> sent(batch.getFirst().sql(), values))
                .ifNoItem()
                .after(timeout)
                .fail()
                .map(rows -> written(batch, rows))
                .onFailure()
                .recoverWithUni(failure -> failed(batch, failure));
    }

    /** The answer of a transaction that is not cancelled: it counts as unanswered until the database has ended it. */
    private CompletableFuture<RowSet<Row>> sent(String sql, Tuple values) {
        Optional<Object> transaction = unanswered.begin();
        if (transaction.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "the database has not answered " + MAX_UNANSWERED + " earlier transactions"));
        }
        return Uni.createFrom()
                .deferred(() -> pool.withTransaction(
                        connection -> connection.query(LIMITS).execute().chain(() -> connection
                                .preparedQuery(sql)
                                .execute(values))))
                .onTermination()
                .invoke(() -> unanswered.answered(transaction.get()))
                .subscribeAsCompletionStage()
                .copy();
    }

    /** {@return whether no row was locked} */
    private boolean written(List<Write> batch, RowSet<Row> rows) {
        Set<UUID> changed = new HashSet<>();
        Set<UUID> locked = new HashSet<>();
        for (Row row : rows) {
            UUID id = row.getUUID("id");
            boolean _ = row.getBoolean("locked") ? locked.add(id) : row.getBoolean("changed") && changed.add(id);
        }
        batch.stream().filter(write -> !locked.contains(write.grant())).forEach(write -> {
            forget(write);
            if (write.over()) {
                add(new Write(write.grant(), END, write.values()));
            }
            LOG.infof(
                    "launch grant written change=%s grantId=%s rows=%d",
                    what(write), write.grant(), changed.contains(write.grant()) ? 1 : 0);
        });
        if (locked.isEmpty()) {
            return true;
        }
        UUID first = locked.iterator().next();
        if (backoff.upcoming().compareTo(LONG_LOCK) >= 0) { // other controllers write the same rows for moments
            trouble = Optional.of("another transaction has locked the row of grant " + first);
        }
        LOG.infof(
                "launch grants wait for locked rows change=%s grants=%d first=%s",
                what(batch.getFirst()), locked.size(), first);
        return false;
    }

    private void forget(Write write) {
        waiting.remove(new Key(write.grant(), write.sql()), write);
    }

    /** {@return whether the database answered each write} */
    private Uni<Boolean> failed(List<Write> batch, Throwable failure) {
        boolean refused = WriteFailure.of(failure) == WriteFailure.DATA;
        if (refused && batch.size() > 1) {
            return all(batch.stream().map(write -> write(List.of(write))).toList(), 1);
        }
        if (refused) {
            forget(batch.getFirst());
        } else {
            trouble = Optional.of(PlainReason.of(failure));
        }
        LOG.warnf(
                "launch grants not written change=%s grants=%d first=%s again=%b reason=\"%s\"",
                what(batch.getFirst()), batch.size(), batch.getFirst().grant(), !refused, PlainReason.of(failure));
        return Uni.createFrom().item(refused);
    }

    private static String what(Write write) {
        return switch (write.sql()) {
            case BIND -> "bound";
            case SUSPEND -> "suspended";
            default -> "ended";
        };
    }

    @Override
    public void close() {
        closed = true;
        news.wake();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(timeout);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
