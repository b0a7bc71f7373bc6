package io.mesosiam.lease.store;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements of one transaction in order, then its audit events. Consecutive uses of one statement are executed
 * together.
 */
final class JournalBatch {
    private final JournalWriter.Part part;
    private final String actor;
    private final List<Statement> statements = new ArrayList<>();
    private final List<QueuedEntry> events = new ArrayList<>();

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

    void add(String sql, Tuple values) {
        add(sql, values, List.of());
    }

    /**
     * Adds a statement whose event is only written if the statement changed a row: when several controllers observe
     * a task's end, one of them writes the event.
     */
    void addWithEvent(String sql, Tuple values, QueuedEntry entry) {
        add(sql, values, List.of(entry));
        if (part == JournalWriter.Part.EVENT) {
            addEvent(entry);
        }
    }

    void addEvent(QueuedEntry entry) {
        if (part != JournalWriter.Part.ROW) {
            events.add(entry);
        }
    }

    private void add(String sql, Tuple values, List<QueuedEntry> ifChanged) {
        if (part == JournalWriter.Part.EVENT) {
            return;
        }
        if (statements.isEmpty() || !statements.getLast().sql().equals(sql)) {
            statements.add(new Statement(sql, new ArrayList<>(), new ArrayList<>()));
        }
        statements.getLast().values().add(values);
        statements.getLast().ifChanged().add(ifChanged);
    }

    Uni<Void> execute(SqlConnection connection) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Statement statement : statements) {
            all = all.chain(() -> run(connection, statement.sql(), statement.values()))
                    .invoke(changed -> addEvents(statement, changed))
                    .replaceWithVoid();
        }
        return all.chain(() -> events.isEmpty()
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
