package io.mesosiam.lease.store;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.MesosAgentId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The statements of one transaction, then its audit events. One statement writes the rows of many leases, another one the
 * ends of many. Those for one host keep their order: a row takes the place of another one after that has ended. No
 * constraint is about the rows of two hosts, so that statements for others may come in between.
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

    private sealed interface Statement {
        /** Writes each lease once: ON CONFLICT can't update a row twice. */
        record Leases(Map<LeaseId, LeaseRow.Values> rows) implements Statement {}

        /** Ends leases. The event of an end is written if the statement changed the row. */
        record Ends(Map<LeaseId, QueuedEntry> entries) implements Statement {}

        /** Another statement, with the values of each of its executions. */
        record Other(String sql, List<Tuple> values) implements Statement {}
    }

    /** Adds the row of a lease. If its row is written separately, the database has refused it: others may have its place. */
    void addLease(Lease lease, long epoch, QueuedEntry entry) {
        if (part == JournalWriter.Part.ROW && lease.isLive()) {
            addOther(LeaseRow.END_OTHERS, LeaseRow.endOthersTuple(lease, entry.event(), actor), entry.host());
        }
        if (part != JournalWriter.Part.EVENT) {
            Statement.Leases statement = statement(
                    entry.host(),
                    Statement.Leases.class,
                    leases -> !leases.rows().containsKey(lease.id()),
                    () -> new Statement.Leases(new LinkedHashMap<>()));
            statement.rows().put(lease.id(), new LeaseRow.Values(lease, epoch));
        }
    }

    /**
     * Adds the end of a lease. Its event is only written if its row changed: when several controllers observe a task's
     * end, or one of them twice, it is written once.
     */
    void addEnd(LeaseId lease, QueuedEntry entry) {
        if (part == JournalWriter.Part.EVENT) {
            addEvent(entry);
        } else {
            Statement.Ends statement = statement(
                    entry.host(), Statement.Ends.class, _ -> true, () -> new Statement.Ends(new LinkedHashMap<>()));
            var _ = statement.entries().putIfAbsent(lease, entry);
        }
    }

    void addWithdrawal(Withdrawal withdrawal, MesosAgentId host) {
        if (part != JournalWriter.Part.EVENT) {
            addOther(WithdrawalRow.INSERT, WithdrawalRow.tuple(withdrawal), host);
        }
    }

    void addEvent(QueuedEntry entry) {
        if (part != JournalWriter.Part.ROW) {
            events.add(entry);
        }
    }

    private void addOther(String sql, Tuple values, MesosAgentId host) {
        Statement.Other statement = statement(
                host,
                Statement.Other.class,
                other -> other.sql().equals(sql),
                () -> new Statement.Other(sql, new ArrayList<>()));
        statement.values().add(values);
    }

    /**
     * Returns the first statement of that kind, not before the last one for the host, that takes the row; a new one if none
     * does.
     */
    private <S extends Statement> S statement(MesosAgentId host, Class<S> kind, Predicate<S> takes, Supplier<S> made) {
        int index = last.getOrDefault(host, 0);
        while (index < statements.size()
                && !(kind.isInstance(statements.get(index)) && takes.test(kind.cast(statements.get(index))))) {
            index++;
        }
        if (index == statements.size()) {
            statements.add(made.get());
        }
        last.put(host, index);
        return kind.cast(statements.get(index));
    }

    /** Executes one statement after another, without a chain of them: subscribing to a long one overflows the stack. */
    Uni<Void> execute(SqlConnection connection) {
        return Multi.createFrom()
                .iterable(statements)
                .onItem()
                .transformToUniAndConcatenate(statement -> execute(connection, statement))
                .onItem()
                .ignoreAsUni()
                .chain(() -> events.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : connection
                                .preparedQuery(AuditEventRow.INSERT)
                                .execute(AuditEventRow.tuple(events, actor))
                                .replaceWithVoid());
    }

    private Uni<RowSet<Row>> execute(SqlConnection connection, Statement statement) {
        return switch (statement) {
            case Statement.Leases(var rows) ->
                connection.preparedQuery(LeaseRow.UPSERT).execute(LeaseRow.tuple(rows.values()));
            case Statement.Ends(var entries) ->
                connection
                        .preparedQuery(LeaseRow.END)
                        .execute(LeaseRow.endTuple(entries))
                        .invoke(ended -> addEvents(entries, ended));
            case Statement.Other(String sql, List<Tuple> values) ->
                connection.preparedQuery(sql).executeBatch(values);
        };
    }

    private void addEvents(Map<LeaseId, QueuedEntry> entries, RowSet<Row> ended) {
        Set<LeaseId> changed = new HashSet<>();
        ended.forEach(row -> changed.add(new LeaseId(row.getUUID("id"))));
        entries.forEach((lease, entry) -> {
            if (changed.contains(lease)) {
                addEvent(entry);
            }
        });
    }
}
