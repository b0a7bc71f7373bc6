package io.mesosiam.lease.store;

import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.MesosAgentId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The statements of one transaction, then its audit events. The uses of one statement are executed together. Those for
 * one host keep their order: a row takes the place of another one after that has ended. No constraint is about the rows
 * of two hosts, so that statements for others may come in between.
 */
final class JournalBatch {
    private final JournalWriter.Part part;
    private final String actor;
    private final List<Statement> statements = new ArrayList<>();
    private final List<QueuedEntry> events = new ArrayList<>();

    /** The index of the last statement for a host. */
    private final Map<MesosAgentId, Integer> last = new HashMap<>();

    /** @param actor this controller's name in audit events */
    JournalBatch(JournalWriter.Part part, String actor) {
        this.part = part;
        this.actor = actor;
    }

    /**
     * One statement with the values of each of its executions.
     *
     * @param ifChanged for each execution, the entries whose events to write if it changed a row
     */
    private record Statement(String sql, List<Tuple> values, List<List<QueuedEntry>> ifChanged) {}

    /** @param entry the entry whose row the statement writes */
    void add(String sql, Tuple values, QueuedEntry entry) {
        add(sql, values, entry.host(), List.of());
    }

    /** Adds the row of a lease. If its row is written separately, the database has refused it: others may have its place. */
    void addLease(Lease lease, long epoch, QueuedEntry entry) {
        if (part == JournalWriter.Part.ROW && lease.isLive()) {
            add(LeaseRow.END_OTHERS, LeaseRow.endOthersTuple(lease, entry.event(), actor), entry);
        }
        add(LeaseRow.UPSERT, LeaseRow.tuple(lease, epoch), entry);
    }

    /**
     * Adds a statement whose event is only written if the statement changed a row: when several controllers observe
     * a task's end, one of them writes the event.
     */
    void addWithEvent(String sql, Tuple values, QueuedEntry entry) {
        add(sql, values, entry.host(), List.of(entry));
        if (part == JournalWriter.Part.EVENT) {
            addEvent(entry);
        }
    }

    void addEvent(QueuedEntry entry) {
        if (part != JournalWriter.Part.ROW) {
            events.add(entry);
        }
    }

    private void add(String sql, Tuple values, MesosAgentId host, List<QueuedEntry> ifChanged) {
        if (part == JournalWriter.Part.EVENT) {
            return;
        }
        int index = last.getOrDefault(host, 0);
        while (index < statements.size() && !statements.get(index).sql().equals(sql)) {
            index++;
        }
        if (index == statements.size()) {
            statements.add(new Statement(sql, new ArrayList<>(), new ArrayList<>()));
        }
        last.put(host, index);
        statements.get(index).values().add(values);
        statements.get(index).ifChanged().add(ifChanged);
    }

    /** Executes one statement after another, without a chain of them: subscribing to a long one overflows the stack. */
    Uni<Void> execute(SqlConnection connection) {
        return Multi.createFrom()
                .iterable(statements)
                .onItem()
                .transformToUniAndConcatenate(statement -> run(connection, statement.sql(), statement.values())
                        .invoke(changed -> addEvents(statement, changed)))
                .onItem()
                .ignoreAsUni()
                .chain(() -> events.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : connection
                                .preparedQuery(AuditEventRow.INSERT)
                                .execute(AuditEventRow.tuple(events, actor))
                                .replaceWithVoid());
    }

    private void addEvents(Statement statement, List<Integer> changed) {
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i) > 0) {
                statement.ifChanged().get(i).forEach(this::addEvent);
            }
        }
    }

    private static Uni<List<Integer>> run(SqlConnection connection, String sql, List<Tuple> values) {
        return connection.preparedQuery(sql).executeBatch(values).map(JournalBatch::counts);
    }

    private static List<Integer> counts(RowSet<Row> first) {
        List<Integer> counts = new ArrayList<>();
        for (RowSet<Row> rows = first; rows != null; rows = rows.next()) {
            counts.add(rows.rowCount());
        }
        return counts;
    }
}
