package io.mesosiam.audit;

import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How far a stream has got, and which events it can take next without leaving out any event that is still being written.
 *
 * <p>An event's id is drawn before its transaction commits, so a smaller id can become visible later. Each transaction that
 * has drawn an id holds a lock on the table until it ends. So all ids up to the newest are final once the transactions that
 * held such a lock after the newest id was read have ended.
 */
final class StreamPosition {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PAGE = 500;

    private static final String NEWEST =
            "select case when is_called then last_value else 0 end as newest from audit_event_id_seq";
    private static final String WRITERS = """
            select distinct virtualtransaction as writer from pg_locks
            where locktype = 'relation' and relation = 'audit_event'::regclass and mode = 'RowExclusiveLock' and granted""";
    /** The oldest event that has not been passed on is looked up by its id. */
    private static final String WAITING = """
            select position
            from audit_stream, lateral (
                select id from audit_event where id > audit_stream.position order by id limit 1) as event
            where sink = $1""";

    private static final String PAGE_OF_EVENTS =
            "select " + AuditedEvent.COLUMNS + " from audit_event where id > $1 and id <= $2 order by id limit " + PAGE;

    private final Pool pool;
    private final String sink;

    private long newest;
    /** The transactions that have to end before all ids up to {@code newest} are final. */
    private Set<String> writers = Set.of();

    StreamPosition(Pool pool, String sink) {
        this.pool = pool;
        this.sink = sink;
    }

    /** The id after which the stream goes on. A new stream begins with the events that are written from now on. */
    long read() {
        return position().orElseGet(() -> {
            var _ = run(
                    "insert into audit_stream (sink, position) select $1, case when is_called then last_value else 0 end"
                            + " from audit_event_id_seq on conflict (sink) do nothing",
                    Tuple.of(sink));
            return position().orElseThrow();
        });
    }

    private Optional<Long> position() {
        RowSet<Row> rows = run("select position from audit_stream where sink = $1", Tuple.of(sink));
        return rows.rowCount() > 0 ? Optional.of(rows.iterator().next().getLong("position")) : Optional.empty();
    }

    /** The largest id up to which all events are final. It grows with each call once earlier writers have ended. */
    long finalId(long known) {
        if (writers.isEmpty()) {
            newest = OneStatement.run(pool, NEWEST)
                    .await()
                    .atMost(LIMIT)
                    .iterator()
                    .next()
                    .getLong("newest");
            writers = writers();
        } else {
            Set<String> left = new HashSet<>(writers);
            left.retainAll(writers());
            writers = left;
        }
        return writers.isEmpty() ? newest : known;
    }

    private Set<String> writers() {
        Set<String> found = new HashSet<>();
        OneStatement.run(pool, WRITERS).await().atMost(LIMIT).forEach(row -> found.add(row.getString("writer")));
        return found;
    }

    /** The position, if there is an event after it, whichever controller passes events on. */
    OptionalLong waiting() {
        for (Row row : run(WAITING, Tuple.of(sink))) {
            return OptionalLong.of(row.getLong("position"));
        }
        return OptionalLong.empty();
    }

    /** The next events after {@code position}, at most 500, none with an id above {@code last}. */
    List<AuditedEvent> next(long position, long last) {
        List<AuditedEvent> events = new ArrayList<>();
        run(PAGE_OF_EVENTS, Tuple.of(position, last)).forEach(row -> events.add(AuditedEvent.of(row)));
        return events;
    }

    /**
     * Remembers that all events up to this id have been passed on. Fails while an open transaction has locked the row: waiting, it
     * would keep its connection until that ends.
     */
    void move(long position) {
        var _ = pool.withTransaction(connection -> connection
                        .query("set local lock_timeout = '1s'")
                        .execute()
                        .chain(() -> connection
                                .preparedQuery("update audit_stream set position = $2, moved_at = now()"
                                        + " where sink = $1 and position < $2")
                                .execute(Tuple.of(sink, position))))
                .await()
                .atMost(LIMIT);
    }

    private RowSet<Row> run(String sql, Tuple values) {
        return OneStatement.run(pool, sql, values).await().atMost(LIMIT);
    }
}
