package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Stored;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Optional;

/** Converts the event of a journal entry to its row in table {@code audit_event}. */
final class AuditEventRow {
    /** Writes an event, once for each entry. */
    static final String INSERT = """
            insert into audit_event (reported_at, kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id,
                policy_version)
            values ($1, $2, $3, $4::text, $5::text, $6::text, $7, $8::text, $9::text, $10, $11, $12::text, $13, $14, $15, $16)
            on conflict do nothing""";

    private AuditEventRow() {}

    /** @param actor this controller's name */
    static Tuple tuple(QueuedEntry queued, String actor) {
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
                .addValue(queued.id())
                .addValue(event.policy().flatMap(LeaseRow::version).orElse(null));
    }
}
