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
    private final List<Statement> statements = new ArrayList<>();
    private final List<Tuple> events = new ArrayList<>();

    JournalBatch(JournalWriter.Part part) {
        this.part = part;
    }

    /**
     * One statement with the values of each of its executions.
     *
     * @param ifChanged for each execution, the events to write if it changed a row
     */
    private record Statement(String sql, List<Tuple> values, List<List<Tuple>> ifChanged) {}

    void add(String sql, Tuple values) {
        add(sql, values, List.of());
    }

    /**
     * Adds a statement whose event is only written if the statement changed a row: when several controllers observe
     * a task's end, one of them writes the event.
     */
    void addWithEvent(String sql, Tuple values, Tuple event) {
        add(sql, values, List.of(event));
        if (part == JournalWriter.Part.EVENT) {
            addEvent(event);
        }
    }

    void addEvent(Tuple event) {
        if (part != JournalWriter.Part.ROW) {
            events.add(event);
        }
    }

    private void add(String sql, Tuple values, List<Tuple> ifChanged) {
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
                : run(connection, AuditEventRow.INSERT, events).replaceWithVoid());
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
