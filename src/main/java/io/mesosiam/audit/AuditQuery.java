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

    /** What one read returns at most, however many events match: at least one event. */
    public record Most(int events, int bytes) {
        /** Of a page, which is in memory as a whole. */
        public static Most ofPage(int events) {
            return new Most(events, 1 << 20);
        }
    }

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
    public AuditPage newest(AuditFilter filter, long before, Most most) {
        return read(filter.condition("id < ?", before), "desc", most);
    }

    /**
     * The oldest events with an id above {@code after}, the oldest first.
     *
     * @throws AuditAway if the database does not answer
     */
    public AuditPage oldest(AuditFilter filter, long after, Most most) {
        return read(filter.condition("id > ?", after), "asc", most);
    }

    private AuditPage read(AuditFilter.Condition condition, String order, Most most) {
        boolean admitted = false;
        try {
            admitted = reads.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!admitted) {
                throw new AuditAway("other reads of the audit trail take too long");
            }
            List<AuditedEvent> events = new ArrayList<>();
            boolean more = false;
            for (Row row : pool.withTransaction(connection -> select(connection, condition, order, most))
                    .await()
                    .atMost(LIMIT)) {
                events.add(AuditedEvent.of(row));
                more = row.getBoolean("more");
            }
            return new AuditPage(events, more);
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
            SqlConnection connection, AuditFilter.Condition condition, String order, Most most) {
        String found = "select * from audit_event where " + condition.sql() + " order by id " + order + " limit "
                + (most.events() + 1);
        // the first of the events found, as long as those before one have fewer bytes together than a page
        String sql = """
                select %s, number < found as more
                from (select *, row_number() over following as number, count(*) over () as found,
                        sum(octet_length(event::text)) over following - octet_length(event::text) as before
                    from (%s) as event
                    window following as (order by id %s rows unbounded preceding)) as page
                where number <= %d and before < %d
                order by id %s""".formatted(AuditedEvent.COLUMNS, found, order, most.events(), most.bytes(), order);
        return connection
                .query("set local statement_timeout = " + STATEMENT_LIMIT.toMillis())
                .execute()
                .chain(() -> connection.preparedQuery(sql).execute(condition.values()));
    }
}
