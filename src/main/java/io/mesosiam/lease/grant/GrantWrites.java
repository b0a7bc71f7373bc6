package io.mesosiam.lease.grant;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes the launch, the suspension and the end of grants, on a virtual thread of its own. A write is repeated until the
 * database answers; a write that the database refuses is dropped. The first of two bindings wins: the row takes only one, also from two controllers.
 */
final class GrantWrites implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(GrantWrites.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int CONCURRENT = 4;

    /** The trigger's audit event and {@code ended_by} name the controller; the setting lasts for the statement. */
    private static final String BY =
            " from (select set_config('mesos_iam.caller', $2, true)) as stated where id = $1 and ended_at is null";

    private static final String BIND = "update launch_grant set bound_framework_id = $3, bound_task_id = $4,"
            + " bound_mesos_agent_id = $5, bound_container_id = $6" + BY
            + " and bound_at is null and suspended_at is null and expires_at > now()";
    private static final String SUSPEND = "update launch_grant set suspended_at = now(), suspended_reason = $3" + BY
            + " and bound_at is not null and suspended_at is null";
    private static final String END =
            "update launch_grant set ended_at = now(), end_reason = 'task-ended'" + BY + " and bound_at is not null";

    private final Pool pool;
    private final String controllerId;
    private final Backoff backoff;
    private final Wakeup news = new TimedWakeup();
    private final Map<Object, Write> waiting = new ConcurrentHashMap<>();

    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    private record Write(UUID grant, String sql, List<Object> values) {}

    GrantWrites(Pool pool, String controllerId, RandomGenerator random) {
        this.pool = pool;
        this.controllerId = controllerId;
        this.backoff = new Backoff(new Doubling(Duration.ofMillis(100), Duration.ofSeconds(5)), random);
    }

    void start() {
        thread = Thread.ofVirtual().name("grant-writes").start(this::run);
    }

    void bind(UUID grant, TaskContainer launch) {
        TaskKey key = launch.task();
        add(new Write(
                grant,
                BIND,
                List.of(
                        key.framework().value(),
                        key.task().value(),
                        key.agent().value(),
                        launch.container().toString())));
    }

    void suspend(UUID grant, String reason) {
        add(new Write(grant, SUSPEND, List.of(reason)));
    }

    void end(UUID grant) {
        add(new Write(grant, END, List.of()));
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

    private void run() {
        while (!closed) {
            boolean failed = !writeAll();
            try {
                news.await(failed ? backoff.next() : IDLE);
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    /** {@return whether the database answered each write} */
    private boolean writeAll() {
        List<Uni<Boolean>> writes = new ArrayList<>();
        new LinkedHashMap<>(waiting).forEach((key, write) -> writes.add(write(key, write)));
        if (writes.isEmpty()) {
            return true;
        }
        List<Boolean> answered = Uni.join()
                .all(writes)
                .usingConcurrencyOf(CONCURRENT)
                .andCollectFailures()
                .await()
                .indefinitely();
        if (answered.contains(false)) {
            return false;
        }
        trouble = Optional.empty();
        backoff.succeeded();
        return true;
    }

    private Uni<Boolean> write(Object key, Write write) {
        Tuple values = Tuple.tuple().addValue(write.grant()).addValue(controllerId);
        write.values().forEach(values::addValue);
        return Uni.createFrom()
                .deferred(() -> OneStatement.run(pool, write.sql(), values))
                .ifNoItem()
                .after(TIMEOUT)
                .fail()
                .map(rows -> written(key, write, rows))
                .onFailure()
                .recoverWithItem(failure -> failed(key, write, failure));
    }

    private boolean written(Object key, Write write, RowSet<Row> rows) {
        waiting.remove(key, write);
        LOG.infof("launch grant written change=%s grantId=%s rows=%d", what(write), write.grant(), rows.rowCount());
        return true;
    }

    private boolean failed(Object key, Write write, Throwable failure) {
        boolean refused = WriteFailure.of(failure) == WriteFailure.DATA;
        if (refused) {
            waiting.remove(key, write);
        } else {
            trouble = Optional.of(PlainReason.of(failure));
        }
        LOG.warnf(
                "launch grant not written change=%s grantId=%s again=%b reason=\"%s\"",
                what(write), write.grant(), !refused, PlainReason.of(failure));
        return refused;
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
                running.join(TIMEOUT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
