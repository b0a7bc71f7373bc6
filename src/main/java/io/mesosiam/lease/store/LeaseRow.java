package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Stored;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Converts between a lease and its row in table {@code lease}. */
final class LeaseRow {
    static final String COLUMNS = """
            id, framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text,
            iam_role_arn::text, policy_id, policy_version, grant_id, identity_hash, session_name, witnessed, container_id::text, created_at,
            until, state, reason, expiration, renew_at, attempts, retry_at, revision, reaped_at""";

    /**
     * Writes leases in order, each at most once. It changes neither a reaped row nor a row with a higher revision. One
     * statement writes all rows, for the same reason as {@link AuditEventRow#INSERT}.
     */
    static final String UPSERT = """
            insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                policy_id, identity_hash, session_name, witnessed, container_id, created_at, until, state, reason,
                expiration, renew_at, attempts, retry_at, revision, reaped_at, epoch, policy_version, grant_id)
            select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                $8::uuid[], $9::text[], $10::text[], $11::boolean[], $12::text[], $13::timestamptz[], $14::timestamptz[],
                $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::integer[], $20::timestamptz[],
                $21::bigint[], $22::timestamptz[], $23::bigint[], $24::bigint[], $25::uuid[])
            on conflict (id) do update set policy_id = excluded.policy_id, policy_version = excluded.policy_version,
                grant_id = excluded.grant_id,
                container_id = excluded.container_id, until = excluded.until, state = excluded.state,
                reason = excluded.reason, expiration = excluded.expiration,
                renew_at = excluded.renew_at, attempts = excluded.attempts, retry_at = excluded.retry_at,
                revision = excluded.revision, reaped_at = excluded.reaped_at, epoch = excluded.epoch
            where lease.state <> 'reaped' and lease.revision <= excluded.revision""";

    /** Ends leases, and returns the ids of those that it has ended; it does not change a reaped row. */
    static final String END = """
            update lease set state = 'reaped', reason = ended.reason, reaped_at = ended.at, expiration = null,
                renew_at = null, retry_at = null
            from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as ended (id, reason, at)
            where lease.id = ended.id and lease.state <> 'reaped'
            returning lease.id""";

    /**
     * Ends the other live rows that have the key or the container of a lease, and writes their events. A failover that loses
     * commits can bring the row of an ended lease back: its successor could never be written.
     */
    static final String END_OTHERS = """
            with other as materialized (
                select id from lease
                where mesos_agent_id = $2::text and credential_name = $3::text and id <> $4 and state <> 'reaped'
                    and ((framework_id = $5::text and task_id = $6::text and launch_sequence = $7) or container_id = $8::text)
                for no key update skip locked
            ), ended as (
                update lease set state = 'reaped', reason = $9, reaped_at = $10, expiration = null, renew_at = null,
                    retry_at = null
                from other where lease.id = other.id
                returning lease.*
            )
            insert into audit_event (actor, reported_at, kind, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id,
                policy_version, grant_id)
            select $1, $10, 'lease.reaped', framework_id, task_id, mesos_agent_id, launch_sequence, container_id,
                credential_name, id, policy_id, iam_role_arn, $9, '{}', gen_random_uuid(), policy_version, grant_id
            from ended""";

    /** Controllers count up from the numbers of rows: launches, revisions, attempts. None gets so far. */
    static final long MAX_COUNT = Long.MAX_VALUE / 2;

    private LeaseRow() {}

    /** The columns that depend on the state. */
    private record StateColumns(
            Optional<String> reason,
            Optional<Instant> expiration,
            Optional<Instant> renewAt,
            OptionalInt attempts,
            Optional<Instant> retryAt,
            Optional<Instant> reapedAt) {
        static StateColumns of(LeaseState state) {
            Optional<Instant> no = Optional.empty();
            return switch (state) {
                case LeaseState.Pending(String reason) ->
                    new StateColumns(Optional.of(reason), no, no, OptionalInt.empty(), no, no);
                case LeaseState.Active(Instant expiration, Instant renewAt, int attempts) ->
                    new StateColumns(
                            Optional.empty(),
                            Optional.of(expiration),
                            Optional.of(renewAt),
                            OptionalInt.of(attempts),
                            no,
                            no);
                case LeaseState.Renewing(Instant expiration, int attempts) ->
                    new StateColumns(Optional.empty(), Optional.of(expiration), no, OptionalInt.of(attempts), no, no);
                case LeaseState.Failed(String reason, int attempts, Instant retryAt) ->
                    new StateColumns(Optional.of(reason), no, no, OptionalInt.of(attempts), Optional.of(retryAt), no);
                case LeaseState.Reaped(String reason, Instant at) ->
                    new StateColumns(Optional.of(reason), no, no, OptionalInt.empty(), no, Optional.of(at));
            };
        }
    }

    /** A lease to write, under the epoch of its host. */
    record Values(Lease lease, StateColumns state, long epoch) {
        Values(Lease lease, long epoch) {
            this(lease, StateColumns.of(lease.state()), epoch);
        }

        private TaskKey task() {
            return lease.launch().key();
        }
    }

    /** The values of {@link #UPSERT}. */
    static Tuple tuple(Collection<Values> leases) {
        return Tuple.tuple()
                .addValue(column(
                        leases, UUID[]::new, row -> Optional.of(row.lease.id().value())))
                .addValue(texts(leases, row -> row.task().framework().value()))
                .addValue(texts(leases, row -> row.task().task().value()))
                .addValue(texts(leases, row -> row.task().agent().value()))
                .addValue(column(
                        leases,
                        Long[]::new,
                        row -> Optional.of(row.lease.launch().sequence())))
                .addValue(texts(leases, row -> row.lease.name().value()))
                .addValue(texts(leases, row -> row.lease.role().arn()))
                .addValue(column(leases, UUID[]::new, row -> row.lease.policy().policyRow()))
                .addValue(texts(leases, row -> row.lease.identityHash()))
                .addValue(texts(leases, row -> row.lease.sessionName()))
                .addValue(column(leases, Boolean[]::new, row -> Optional.of(row.lease.witnessed())))
                .addValue(column(
                        leases, String[]::new, row -> row.lease.container().map(ContainerId::toString)))
                .addValue(times(leases, row -> Optional.of(row.lease.createdAt())))
                .addValue(times(leases, row -> row.lease.until()))
                .addValue(texts(leases, row -> row.lease.state().text()))
                .addValue(column(leases, String[]::new, row -> row.state.reason))
                .addValue(times(leases, row -> row.state.expiration))
                .addValue(times(leases, row -> row.state.renewAt))
                .addValue(column(leases, Integer[]::new, row -> Optional.of(row.state.attempts.orElse(0))))
                .addValue(times(leases, row -> row.state.retryAt))
                .addValue(column(leases, Long[]::new, row -> Optional.of(row.lease.revision())))
                .addValue(times(leases, row -> row.state.reapedAt))
                .addValue(column(leases, Long[]::new, row -> Optional.of(row.epoch)))
                .addValue(column(leases, Long[]::new, row -> version(row.lease.policy())))
                .addValue(column(leases, UUID[]::new, row -> row.lease.policy().grantRow()));
    }

    /** The values of {@link #END}: the leases that end, each with the entry of its end. */
    static Tuple endTuple(Map<LeaseId, QueuedEntry> ends) {
        return Tuple.of(
                column(ends.keySet(), UUID[]::new, id -> Optional.of(id.value())),
                texts(ends.values(), entry -> Stored.text(entry.event().message())),
                times(ends.values(), entry -> Optional.of(entry.event().at())));
    }

    /** The values of one column, in the order of the rows; null where a value is empty. */
    static <E, T> T[] column(Collection<E> rows, IntFunction<T[]> array, Function<E, Optional<T>> value) {
        T[] column = array.apply(rows.size());
        int row = 0;
        for (E each : rows) {
            Optional<T> filled = value.apply(each);
            if (filled.isPresent()) {
                column[row] = filled.get();
            }
            row++;
        }
        return column;
    }

    static <E> String[] texts(Collection<E> rows, Function<E, String> value) {
        return column(rows, String[]::new, row -> Optional.of(value.apply(row)));
    }

    static <E> OffsetDateTime[] times(Collection<E> rows, Function<E, Optional<Instant>> value) {
        return column(rows, OffsetDateTime[]::new, row -> value.apply(row).map(LeaseRow::time));
    }

    /**
     * The values of {@link #END_OTHERS}.
     *
     * @param actor this controller's name
     */
    static Tuple endOthersTuple(Lease lease, AuditEvent event, String actor) {
        TaskKey task = lease.launch().key();
        return Tuple.tuple()
                .addValue(actor)
                .addValue(task.agent().value())
                .addValue(lease.name().value())
                .addValue(lease.id().value())
                .addValue(task.framework().value())
                .addValue(task.task().value())
                .addValue(lease.launch().sequence())
                .addValue(lease.container().map(ContainerId::toString).orElse(null))
                .addValue("lease " + lease.id() + " has its place; the database had lost its end")
                .addValue(time(event.at()));
    }

    /** @throws RuntimeException if no controller can have written the row */
    static Lease read(Row row) {
        return new Lease(
                new LeaseId(row.getUUID("id")),
                new LeaseKey(launch(row), new CredentialName(row.getString("credential_name"))),
                new IamRole(row.getString("iam_role_arn")),
                policy(row),
                row.getString("identity_hash"),
                row.getString("session_name"),
                row.getBoolean("witnessed"),
                Optional.ofNullable(row.getString("container_id")).map(ContainerId::parse),
                instant(row, "created_at"),
                optionalInstant(row, "until"),
                state(row),
                count(row, "revision"));
    }

    private static PolicyId policy(Row row) {
        UUID grant = row.getUUID("grant_id");
        if (grant != null) {
            return PolicyId.ofGrant(grant);
        }
        UUID policy = row.getUUID("policy_id");
        if (policy == null) {
            throw new IllegalArgumentException("it names neither a policy nor a grant");
        }
        Long version = row.getLong("policy_version");
        return new PolicyId(policy, version == null ? OptionalLong.empty() : OptionalLong.of(version));
    }

    /** The version of a policy that decided, if it is known. */
    static Optional<Long> version(PolicyId policy) {
        return policy.version().stream().boxed().findFirst();
    }

    static Launch launch(Row row) {
        return new Launch(
                new TaskKey(
                        new FrameworkId(row.getString("framework_id")),
                        new TaskId(row.getString("task_id")),
                        new MesosAgentId(row.getString("mesos_agent_id"))),
                count(row, "launch_sequence"));
    }

    static long count(Row row, String column) {
        return count(row, column, MAX_COUNT);
    }

    private static int attempts(Row row) {
        return (int) count(row, "attempts", Integer.MAX_VALUE / 2);
    }

    private static long count(Row row, String column, long most) {
        long count = row.getLong(column);
        if (count > most) {
            throw new IllegalArgumentException(column + " is " + count + ", to which no controller counts");
        }
        return count;
    }

    private static LeaseState state(Row row) {
        String reason = Optional.ofNullable(row.getString("reason")).orElse("");
        return switch (row.getString("state")) {
            case "pending" -> new LeaseState.Pending(reason);
            case "active" -> new LeaseState.Active(instant(row, "expiration"), instant(row, "renew_at"), attempts(row));
            case "renewing" -> new LeaseState.Renewing(instant(row, "expiration"), attempts(row));
            case "failed" -> new LeaseState.Failed(reason, attempts(row), instant(row, "retry_at"));
            case "reaped" -> new LeaseState.Reaped(reason, instant(row, "reaped_at"));
            default -> throw new IllegalArgumentException("state is " + row.getString("state"));
        };
    }

    private static Instant instant(Row row, String column) {
        return optionalInstant(row, column)
                .orElseThrow(
                        () -> new IllegalArgumentException(column + " is null in state " + row.getString("state")));
    }

    private static Optional<Instant> optionalInstant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
