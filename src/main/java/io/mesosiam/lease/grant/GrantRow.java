package io.mesosiam.lease.grant;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.DefaultTags;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts rows of table {@code launch_grant}. */
final class GrantRow {
    /** The columns of {@link #read}, of a table or a record set called {@code launch_grant}. */
    static final String COLUMNS = """
            launch_grant.id, launch_grant.namespace, iam_role_arn, credential_name, framework_principal, mesos_role, task_id,
            session_policy::text as session_policy, sensitive, expires_at,
            extract(epoch from expires_at - made_at)::bigint as lifetime_seconds, bound_framework_id::text as bound_framework_id,
            bound_task_id::text as bound_task_id, bound_mesos_agent_id::text as bound_mesos_agent_id, bound_container_id::text as bound_container_id,
            suspended_reason, end_reason, coalesce((select cluster.name from cluster), 'mesos') as cluster""";

    private GrantRow() {}

    /** @throws RuntimeException if the row is valid in SQL but not for the types used here */
    static LaunchGrant read(Row row, RevokerRole revoker) {
        UUID id = row.getUUID("id");
        Optional<String> taskId = text(row, "task_id");
        return new LaunchGrant(
                new Policy(
                        PolicyId.ofGrant(id),
                        row.getString("namespace"),
                        id.toString(),
                        true,
                        0,
                        selectors(row, id, taskId),
                        new Rule.Allow(
                                new CredentialName(row.getString("credential_name")), entitlement(row, revoker))),
                taskId,
                state(row));
    }

    private static List<Selector> selectors(Row row, UUID id, Optional<String> taskId) {
        List<Selector> selectors = new ArrayList<>();
        selectors.add(new Selector.FrameworkPrincipal(row.getString("framework_principal")));
        text(row, "mesos_role")
                .map(MesosRole::new)
                .map(Selector.UnderMesosRole::new)
                .ifPresent(selectors::add);
        // A task that has the id of the row finds the grant by it: no selector of policies is of a task's id.
        if (taskId.isEmpty()) {
            selectors.add(LaunchGrant.label(id));
        }
        return selectors;
    }

    /** As a policy with the defaults of the table {@code policy}: sessions of an hour, with default tags. */
    private static Entitlement entitlement(Row row, RevokerRole revoker) {
        return Entitlement.of(revoker.given(row.getString("iam_role_arn"))).with(draft -> {
            draft.sessionPolicy = text(row, "session_policy");
            draft.defaultTags = Optional.of(new DefaultTags(row.getString("cluster"), row.getString("namespace")));
            draft.leaseTtl = Optional.of(Duration.ofSeconds(row.getLong("lifetime_seconds")));
            draft.sensitive = row.getBoolean("sensitive");
            draft.endsAt = Optional.of(expiresAt(row));
        });
    }

    private static Instant expiresAt(Row row) {
        return row.getOffsetDateTime("expires_at").toInstant();
    }

    private static State state(Row row) {
        Optional<TaskContainer> holder = holder(row);
        Optional<String> end = text(row, "end_reason").map(GrantRow::how);
        Optional<String> suspended = text(row, "suspended_reason");
        if (end.isPresent()) {
            return new State.Ended(end.get(), holder);
        }
        if (suspended.isPresent()) {
            return new State.Suspended(suspended.get(), holder);
        }
        return holder.<State>map(State.Bound::new).orElseGet(State.Unbound::new);
    }

    private static String how(String endReason) {
        return switch (endReason) {
            case "revoked" -> "was revoked";
            case "expired" -> "has expired";
            case "task-ended" -> "ended with its task";
            default -> "has ended";
        };
    }

    private static Optional<TaskContainer> holder(Row row) {
        return text(row, "bound_framework_id")
                .map(framework -> new TaskContainer(
                        new TaskKey(
                                new FrameworkId(framework),
                                new TaskId(row.getString("bound_task_id")),
                                new MesosAgentId(row.getString("bound_mesos_agent_id"))),
                        ContainerId.parse(row.getString("bound_container_id"))));
    }

    private static Optional<String> text(Row row, String column) {
        @Nullable String value = row.getString(column);
        return Optional.ofNullable(value);
    }
}
