package io.mesosiam.audit;

import io.mesosiam.loop.Loop;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the partitions of the audit trail ahead of their month, and drops those older than the retention, every hour. The
 * database does it with the owner's rights and decides what is old enough; several controllers may call it.
 */
@Singleton
public final class AuditPartitions implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AuditPartitions.class);
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String KEEP = "select made, dropped from keep_audit_partitions($1, make_interval(days => $2))";

    private final Pool pool;
    private final AuditConfig config;
    private final Loop loop = new Loop("audit-partitions");
    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    @Inject
    public AuditPartitions(Pool pool, AuditConfig config) {
        this.pool = pool;
        this.config = config;
    }

    /** Starts the hourly loop. */
    public void start() {
        thread = Thread.ofVirtual().name("audit-partitions").start(() -> loop.run(() -> !closed, this::turn));
    }

    /** Why the last attempt failed; empty if it succeeded. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** The loop, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    private void turn() throws InterruptedException {
        keep();
        Thread.sleep(PERIOD);
    }

    /** Makes and drops partitions once. A failure is logged; events without a partition go to the default one. */
    public void keep() {
        try {
            for (Row row : OneStatement.run(pool, KEEP, Tuple.of(config.monthsAhead(), config.retentionDays()))
                    .await()
                    .atMost(LIMIT)) {
                report(row);
            }
            trouble = Optional.empty();
        } catch (RuntimeException e) {
            String reason = PlainReason.of(e);
            trouble = Optional.of(reason);
            LOG.warnf("audit partitions not kept, trying again in an hour reason=\"%s\"", reason);
        }
    }

    private static void report(Row row) {
        if (row.getString("made") != null) {
            LOG.infof("audit partition made partition=%s", row.getString("made"));
        }
        if (row.getString("dropped") != null) {
            LOG.infof("audit partition dropped after its retention partition=%s", row.getString("dropped"));
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
