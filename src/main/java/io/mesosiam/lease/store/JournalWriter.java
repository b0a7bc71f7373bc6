package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Stored;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch of entries in one transaction. It first locks the epochs of the hosts involved, so that a concurrent
 * claim waits for the transaction. Entries that another controller's claim has fenced are left out.
 *
 * <p>If another transaction has locked a host's row, or the row of a lease that the entries change, the host's entries
 * are left out and wait, and the other entries are written. The writer detects such locks without waiting for them.
 *
 * <p>A transaction that does not finish in time is abandoned before its COMMIT and then never commits. If the COMMIT
 * was already sent, its result is unknown; the next write of these entries determines it ({@link JournalTransactions}).
 */
final class JournalWriter {
    private static final String EPOCHS = """
            with free as materialized (
                select mesos_agent_id, epoch, controller_id from agent
                where mesos_agent_id::text = any ($1::text[]) order by mesos_agent_id for share skip locked
            )
            select agent.mesos_agent_id::text, free.epoch, free.controller_id from agent
            left join free on free.mesos_agent_id = agent.mesos_agent_id
            where agent.mesos_agent_id::text = any ($1::text[])""";

    private static final String LOCKED_LEASES = """
            with free as materialized (
                select id from lease where id = any ($1) for no key update skip locked
            )
            select lease.id from lease left join free on free.id = lease.id
            where lease.id = any ($1) and free.id is null""";

    private static final String END = """
            update lease set state = 'reaped', reason = $2, reaped_at = $3, expiration = null, renew_at = null,
                retry_at = null
            where id = $1 and state <> 'reaped'""";

    private static final String WITHDRAW = """
            insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, reason)
            values ($1::text, $2::text, $3::text, $4, $5::text, $6)
            on conflict do nothing""";

    private static final String EVENT = """
            insert into audit_event (reported_at, kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id)
            values ($1, $2, $3, $4::text, $5::text, $6::text, $7, $8::text, $9::text, $10, $11, $12::text, $13, $14, $15)
            on conflict (entry_id) where entry_id is not null do nothing""";

    private final JournalTransactions transactions;
    private final String actor;
    private final OwnershipEpochs epochs;

    /**
     * @param actor this controller's name in table {@code agent} and in audit events
     * @param limit the longest duration of one transaction
     */
    JournalWriter(Pool pool, String actor, OwnershipEpochs epochs, Duration limit) {
        this.transactions = new JournalTransactions(pool, limit);
        this.actor = actor;
        this.epochs = epochs;
    }

    /** An entry that was dropped because another controller has claimed the host. */
    record Fenced(MesosAgentId host, long epoch) {}

    /**
     * The entries that were not written.
     *
     * @param early entries under a claim of this controller whose answer has not arrived; they are valid once it has
     * @param locked entries of hosts of which another transaction has locked a row, in order
     */
    record Left(List<Fenced> fenced, List<QueuedEntry> early, List<QueuedEntry> locked) {
        static final Left NOTHING = new Left(List.of(), List.of(), List.of());

        static Left empty() {
            return new Left(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /** The parts of an entry to write: the row of the lease or withdrawal, the audit event, or both. */
    enum Part {
        BOTH,
        ROW,
        EVENT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The latest claim of a host. */
    private record Owner(long epoch, Optional<String> controllerId) {}

    /**
     * The latest claims of the hosts of a batch.
     *
     * @param locked hosts of which another transaction has locked a row: the host's own, or a lease's
     */
    private record Owners(Map<MesosAgentId, Owner> byHost, Set<MesosAgentId> locked) {
        /** The epoch of a host with a valid entry; its row is locked until the transaction ends. */
        long epoch(MesosAgentId host) {
            return Objects.requireNonNull(byHost.get(host)).epoch;
        }
    }

    /**
     * Writes all valid entries, or nothing, and blocks until done.
     *
     * @return the entries that were left out
     * @throws RuntimeException if nothing was written
     */
    Left write(List<QueuedEntry> entries) {
        return write(entries, Part.BOTH);
    }

    /** Writes that part of all valid entries, or nothing. */
    Left write(List<QueuedEntry> entries, Part part) {
        return transactions.run(entries, (connection, missing) -> owners(connection, missing)
                .chain(owners -> withLockedLeases(connection, missing, part, owners))
                .chain(owners -> {
                    Left left = Left.empty();
                    Batch batch = new Batch(part);
                    missing.forEach(entry -> sort(entry, owners, batch, left));
                    return batch.execute(connection).replaceWith(left);
                }));
    }

    private static Uni<Owners> owners(SqlConnection connection, List<QueuedEntry> entries) {
        String[] hosts = entries.stream()
                .flatMap(entry -> entry.fencedBy().stream())
                .map(MesosAgentId::value)
                .distinct()
                .toArray(String[]::new);
        return connection.preparedQuery(EPOCHS).execute(Tuple.of(hosts)).map(rows -> {
            Owners owners = new Owners(new HashMap<>(), new HashSet<>());
            rows.forEach(row -> {
                MesosAgentId host = new MesosAgentId(row.getString("mesos_agent_id"));
                @Nullable Long epoch = row.getLong("epoch");
                if (epoch == null) {
                    owners.locked.add(host);
                } else {
                    owners.byHost.put(host, new Owner(epoch, Optional.ofNullable(row.getString("controller_id"))));
                }
            });
            return owners;
        });
    }

    /**
     * Adds the hosts of leases whose rows another transaction has locked. This transaction locks the other rows until
     * it ends.
     */
    private static Uni<Owners> withLockedLeases(
            SqlConnection connection, List<QueuedEntry> entries, Part part, Owners owners) {
        Map<UUID, MesosAgentId> hosts = new HashMap<>();
        if (part != Part.EVENT) {
            entries.stream()
                    .filter(entry -> !owners.locked.contains(entry.host()))
                    .forEach(entry -> entry.lease().ifPresent(id -> hosts.put(id.value(), entry.host())));
        }
        if (hosts.isEmpty()) {
            return Uni.createFrom().item(owners);
        }
        UUID[] ids = hosts.keySet().toArray(UUID[]::new);
        return connection.preparedQuery(LOCKED_LEASES).execute(Tuple.of(ids)).map(rows -> {
            rows.forEach(row -> owners.locked.add(Objects.requireNonNull(hosts.get(row.getUUID("id")))));
            return owners;
        });
    }

    private void sort(QueuedEntry queued, Owners owners, Batch batch, Left left) {
        if (owners.locked.contains(queued.host())) {
            left.locked.add(queued);
            return;
        }
        switch (queued.entry()) {
            case Journal.Entry.Changed(Lease lease, long epoch, AuditEvent _) -> {
                if (isValid(queued, epoch, owners, left)) {
                    batch.add(LeaseRow.UPSERT, LeaseRow.tuple(lease, owners.epoch(queued.host())));
                    batch.addEvent(event(queued));
                }
            }
            case Journal.Entry.Ended(Lease lease, AuditEvent event) ->
                batch.addWithEvent(END, end(lease, event), event(queued));
            case Journal.Entry.Noted(MesosAgentId _, long epoch, AuditEvent _) -> {
                if (isValid(queued, epoch, owners, left)) {
                    batch.addEvent(event(queued));
                }
            }
            case Journal.Entry.Withdrawn(Withdrawal withdrawal, MesosAgentId _, long epoch, AuditEvent _) -> {
                if (isValid(queued, epoch, owners, left)) {
                    batch.add(WITHDRAW, withdrawal(withdrawal));
                    batch.addEvent(event(queued));
                }
            }
        }
    }

    private boolean isValid(QueuedEntry queued, long epoch, Owners owners, Left left) {
        MesosAgentId host = queued.host();
        Optional<Owner> owner = Optional.ofNullable(owners.byHost.get(host));
        boolean ours = owner.flatMap(Owner::controllerId).equals(Optional.of(actor));
        OptionalLong recorded = owner.map(it -> OptionalLong.of(it.epoch)).orElse(OptionalLong.empty());
        return switch (epochs.standing(host, epoch, recorded, ours)) {
            case VALID -> true;
            case EARLY -> {
                left.early.add(queued);
                yield false;
            }
            case FENCED -> {
                left.fenced.add(new Fenced(host, epoch));
                yield false;
            }
        };
    }

    private static Tuple end(Lease lease, AuditEvent event) {
        return Tuple.of(lease.id().value(), Stored.text(event.message()), LeaseRow.time(Optional.of(event.at())));
    }

    private Tuple event(QueuedEntry queued) {
        AuditEvent event = queued.event();
        Launch launch = event.key().launch();
        JsonObject detail = new JsonObject();
        event.witnessed().ifPresent(witnessed -> detail.put("witnessed", witnessed));
        event.selfAsserted().ifPresent(selfAsserted -> detail.put("selfAsserted", selfAsserted));
        return Tuple.tuple()
                .addValue(LeaseRow.time(Optional.of(event.at())))
                .addValue(event.kind().text())
                .addValue(actor)
                .addValue(launch.key().framework().value())
                .addValue(launch.key().task().value())
                .addValue(launch.key().agent().value())
                .addValue(launch.sequence())
                .addValue(event.container().map(ContainerId::toString).orElse(null))
                .addValue(event.key().name().value())
                .addValue(event.lease().map(LeaseId::value).orElse(null))
                .addValue(event.policy().map(policy -> policy.value()).orElse(null))
                .addValue(event.role().map(role -> role.arn()).orElse(null))
                .addValue(Stored.text(event.message()))
                .addValue(detail)
                .addValue(queued.id());
    }

    private static Tuple withdrawal(Withdrawal withdrawal) {
        return Tuple.tuple()
                .addValue(withdrawal.framework().map(id -> id.value()).orElse(null))
                .addValue(withdrawal.task().map(id -> id.value()).orElse(null))
                .addValue(withdrawal.agent().map(id -> id.value()).orElse(null))
                .addValue(
                        withdrawal.sequence().isPresent()
                                ? withdrawal.sequence().getAsLong()
                                : null)
                .addValue(withdrawal.name().map(name -> name.value()).orElse(null))
                .addValue(withdrawal.reason());
    }

    /** The statements of a batch in order, then its events. Consecutive uses of one statement are executed together. */
    private static final class Batch {
        private final Part part;
        private final List<Statement> statements = new ArrayList<>();
        private final List<Tuple> events = new ArrayList<>();

        Batch(Part part) {
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
            if (part == Part.EVENT) {
                addEvent(event);
            }
        }

        void addEvent(Tuple event) {
            if (part != Part.ROW) {
                events.add(event);
            }
        }

        private void add(String sql, Tuple values, List<Tuple> ifChanged) {
            if (part == Part.EVENT) {
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
                    : run(connection, EVENT, events).replaceWithVoid());
        }

        private void addEvents(Statement statement, List<Integer> changed) {
            for (int i = 0; i < changed.size(); i++) {
                if (changed.get(i) > 0) {
                    statement.ifChanged().get(i).forEach(this::addEvent);
                }
            }
        }

        private static Uni<List<Integer>> run(SqlConnection connection, String sql, List<Tuple> values) {
            return connection.preparedQuery(sql).executeBatch(values).map(Batch::counts);
        }

        private static List<Integer> counts(RowSet<Row> first) {
            List<Integer> counts = new ArrayList<>();
            for (RowSet<Row> rows = first; rows != null; rows = rows.next()) {
                counts.add(rows.rowCount());
            }
            return counts;
        }
    }
}
