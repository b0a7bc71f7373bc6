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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts between a lease and its row in table {@code lease}. */
final class LeaseRow {
    static final String COLUMNS = """
            id, framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text,
            iam_role_arn::text, policy_id, policy_version, grant_id, identity_hash, session_name, witnessed, container_id::text, created_at,
            until, state, reason, expiration, renew_at, attempts, retry_at, revision, reaped_at""";

    /** Writes a lease. It changes neither a reaped row nor a row with a higher revision. */
    static final String UPSERT = """
            insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                policy_id, identity_hash, session_name, witnessed, container_id, created_at, until, state, reason,
                expiration, renew_at, attempts, retry_at, revision, reaped_at, epoch, policy_version, grant_id)
            values ($1, $2::text, $3::text, $4::text, $5, $6::text, $7::text, $8, $9, $10, $11, $12::text, $13, $14, $15,
                $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
            on conflict (id) do update set policy_id = excluded.policy_id, policy_version = excluded.policy_version,
                grant_id = excluded.grant_id,
                container_id = excluded.container_id, until = excluded.until, state = excluded.state,
                reason = excluded.reason, expiration = excluded.expiration,
                renew_at = excluded.renew_at, attempts = excluded.attempts, retry_at = excluded.retry_at,
                revision = excluded.revision, reaped_at = excluded.reaped_at, epoch = excluded.epoch
            where lease.state <> 'reaped' and lease.revision <= excluded.revision""";

    /** Ends a lease; it does not change a reaped row. */
    static final String END = """
            update lease set state = 'reaped', reason = $2, reaped_at = $3, expiration = null, renew_at = null,
                retry_at = null
            where id = $1 and state <> 'reaped'""";

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

    static Tuple tuple(Lease lease, long epoch) {
        TaskKey task = lease.launch().key();
        StateColumns state = StateColumns.of(lease.state());
        return Tuple.tuple()
                .addValue(lease.id().value())
                .addValue(task.framework().value())
                .addValue(task.task().value())
                .addValue(task.agent().value())
                .addValue(lease.launch().sequence())
                .addValue(lease.name().value())
                .addValue(lease.role().arn())
                .addValue(lease.policy().policyRow().orElse(null))
                .addValue(lease.identityHash())
                .addValue(lease.sessionName())
                .addValue(lease.witnessed())
                .addValue(lease.container().map(ContainerId::toString).orElse(null))
                .addValue(time(Optional.of(lease.createdAt())))
                .addValue(time(lease.until()))
                .addValue(lease.state().text())
                .addValue(state.reason.orElse(null))
                .addValue(time(state.expiration))
                .addValue(time(state.renewAt))
                .addValue(state.attempts.orElse(0))
                .addValue(time(state.retryAt))
                .addValue(lease.revision())
                .addValue(time(state.reapedAt))
                .addValue(epoch)
                .addValue(version(lease.policy()).orElse(null))
                .addValue(lease.policy().grantRow().orElse(null));
    }

    /** The values of {@link #END}. */
    static Tuple endTuple(Lease lease, AuditEvent event) {
        return Tuple.of(lease.id().value(), Stored.text(event.message()), time(Optional.of(event.at())));
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
                .addValue(time(Optional.of(event.at())));
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

    static @Nullable OffsetDateTime time(Optional<Instant> instant) {
        return instant.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null);
    }
}
