package io.mesosiam.audit;

import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Reads the audit trail in pages, by id. It blocks on the database.
 *
 * <p>Two reads run at a time, and the database ends each after 20 s: leases are kept with connections of the same pool.
 */
@Singleton
public final class AuditQuery {
    private static final Logger LOG = Logger.getLogger(AuditQuery.class);

    private static final int CONCURRENT_READS = 2;
    private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Pool pool;
    private final Semaphore reads = new Semaphore(CONCURRENT_READS);

    @Inject
    public AuditQuery(Pool pool) {
        this.pool = pool;
    }

    /**
     * The newest events with an id below {@code before}, the newest first.
     *
     * @throws AuditAway if the database does not answer
     */
    public List<AuditedEvent> newest(AuditFilter filter, long before, int limit) {
        return read(filter.condition("id < ?", before), "desc", limit);
    }

    /**
     * The oldest events with an id above {@code after}, the oldest first.
     *
     * @throws AuditAway if the database does not answer
     */
    public List<AuditedEvent> oldest(AuditFilter filter, long after, int limit) {
        return read(filter.condition("id > ?", after), "asc", limit);
    }

    private List<AuditedEvent> read(AuditFilter.Condition condition, String order, int limit) {
        boolean admitted = false;
        try {
            admitted = reads.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!admitted) {
                throw new AuditAway("other reads of the audit trail take too long");
            }
            List<AuditedEvent> events = new ArrayList<>();
            pool.withTransaction(connection -> select(connection, condition, order, limit))
                    .await()
                    .atMost(LIMIT)
                    .forEach(row -> events.add(AuditedEvent.of(row)));
            return events;
        } catch (AuditAway away) {
            throw away;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditAway("the controller stops");
        } catch (RuntimeException e) {
            LOG.warnf("audit trail not read reason=\"%s\"", PlainReason.of(e));
            throw new AuditAway("the database did not answer in time, or not at all");
        } finally {
            if (admitted) {
                reads.release();
            }
        }
    }

    private static Uni<RowSet<Row>> select(
            SqlConnection connection, AuditFilter.Condition condition, String order, int limit) {
        String sql = "select " + AuditedEvent.COLUMNS + " from audit_event where " + condition.sql() + " order by id "
                + order + " limit " + limit;
        return connection
                .query("set local statement_timeout = " + STATEMENT_LIMIT.toMillis())
                .execute()
                .chain(() -> connection.preparedQuery(sql).execute(condition.values()));
    }
}
