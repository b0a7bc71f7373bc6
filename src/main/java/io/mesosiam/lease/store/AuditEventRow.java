package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.LeaseRow.column;
import static io.mesosiam.lease.store.LeaseRow.texts;
import static io.mesosiam.lease.store.LeaseRow.times;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Stored;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Converts the events of journal entries to rows of table {@code audit_event}. */
final class AuditEventRow {
    /**
     * Writes events in order, each once for its entry. One statement writes all rows: PostgreSQL prepares the table's
     * constraints, triggers and partition once for each statement, which costs as much as a row.
     */
    static final String INSERT = """
            insert into audit_event (actor, reported_at, kind, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id,
                policy_version, grant_id)
            select $1, reported_at, kind, framework_id, task_id, mesos_agent_id, launch_sequence, container_id,
                credential_name, lease_id, policy_id, iam_role_arn, message, detail::jsonb, entry_id, policy_version, grant_id
            from unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                $9::text[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::uuid[], $16::bigint[], $17::uuid[])
                as event (reported_at, kind, framework_id, task_id, mesos_agent_id, launch_sequence, container_id,
                    credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id, policy_version, grant_id)
            on conflict do nothing""";

    private AuditEventRow() {}

    /**
     * The values of {@link #INSERT}.
     *
     * @param actor this controller's name
     */
    static Tuple tuple(List<QueuedEntry> entries, String actor) {
        List<AuditEvent> events = entries.stream().map(QueuedEntry::event).toList();
        return Tuple.tuple()
                .addValue(actor)
                .addValue(times(events, event -> Optional.of(event.at())))
                .addValue(texts(events, event -> event.kind().text()))
                .addValue(texts(events, event -> key(event).framework().value()))
                .addValue(texts(events, event -> key(event).task().value()))
                .addValue(texts(events, event -> key(event).agent().value()))
                .addValue(column(
                        events,
                        Long[]::new,
                        event -> Optional.of(event.key().launch().sequence())))
                .addValue(
                        column(events, String[]::new, event -> event.container().map(ContainerId::toString)))
                .addValue(texts(events, event -> event.key().name().value()))
                .addValue(column(events, UUID[]::new, event -> event.lease().map(LeaseId::value)))
                .addValue(column(events, UUID[]::new, event -> event.policy().flatMap(PolicyId::policyRow)))
                .addValue(column(events, String[]::new, event -> event.role().map(IamRole::arn)))
                .addValue(texts(events, event -> Stored.text(event.message())))
                .addValue(texts(events, event -> detail(event).encode()))
                .addValue(column(entries, UUID[]::new, entry -> Optional.of(entry.id())))
                .addValue(column(events, Long[]::new, event -> event.policy().flatMap(LeaseRow::version)))
                .addValue(column(events, UUID[]::new, event -> event.policy().flatMap(PolicyId::grantRow)));
    }

    private static TaskKey key(AuditEvent event) {
        return event.key().launch().key();
    }

    private static JsonObject detail(AuditEvent event) {
        JsonObject detail = new JsonObject();
        event.witnessed().ifPresent(witnessed -> detail.put("witnessed", witnessed));
        event.selfAsserted().ifPresent(selfAsserted -> detail.put("selfAsserted", selfAsserted));
        return detail;
    }
}
