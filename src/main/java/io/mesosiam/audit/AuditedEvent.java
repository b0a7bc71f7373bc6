package io.mesosiam.audit;

import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row of the audit trail.
 *
 * @param id in order of writing, with gaps
 * @param at when it was written, by the database's clock
 * @param json the event as it is streamed and as the API shows it
 */
public record AuditedEvent(long id, OffsetDateTime at, String outcome, JsonObject json) {
    /** The casts avoid types that the database client doesn't support. */
    static final String COLUMNS = """
            id, occurred_at, reported_at, kind, outcome, actor, sign_in, source_address, written_by, object, framework_id::text,
            task_id::text, mesos_agent_id::text, launch_sequence, container_id::text, credential_name::text, lease_id, policy_id, policy_version, grant_id,
            iam_role_arn::text, request_id, message, detail""";

    static AuditedEvent of(Row row) {
        long id = row.getLong("id");
        OffsetDateTime at = row.getOffsetDateTime("occurred_at").withOffsetSameInstant(ZoneOffset.UTC);
        JsonObject json = new JsonObject();
        json.put("id", Long.toString(id));
        json.put("at", at.toString());
        put(
                json,
                "reportedAt",
                Optional.ofNullable(row.getOffsetDateTime("reported_at"))
                        .map(time -> time.withOffsetSameInstant(ZoneOffset.UTC))
                        .orElse(null));
        put(json, "kind", row.getString("kind"));
        put(json, "outcome", row.getString("outcome"));
        put(json, "actor", row.getString("actor"));
        put(json, "signIn", row.getString("sign_in"));
        put(json, "sourceAddress", row.getString("source_address"));
        put(json, "databaseUser", row.getString("written_by"));
        put(json, "object", row.getString("object"));
        put(json, "frameworkId", row.getString("framework_id"));
        put(json, "taskId", row.getString("task_id"));
        put(json, "mesosAgentId", row.getString("mesos_agent_id"));
        Long sequence = row.getLong("launch_sequence");
        if (sequence != null) {
            json.put("launchSequence", sequence);
        }
        put(json, "containerId", row.getString("container_id"));
        put(json, "credentialName", row.getString("credential_name"));
        put(json, "leaseId", row.getUUID("lease_id"));
        put(json, "policyId", row.getUUID("policy_id"));
        Long version = row.getLong("policy_version");
        if (version != null) {
            json.put("policyVersion", version);
        }
        put(json, "grantId", row.getUUID("grant_id"));
        put(json, "iamRoleArn", row.getString("iam_role_arn"));
        put(json, "requestId", row.getString("request_id"));
        put(json, "message", row.getString("message"));
        json.put("detail", row.getJsonObject("detail"));
        return new AuditedEvent(id, at, row.getString("outcome"), json);
    }

    /** The same event with another form of its message. */
    public AuditedEvent shown(UnaryOperator<String> message) {
        JsonObject other = json.copy();
        String text = json.getString("message");
        if (text != null) {
            other.put("message", message.apply(text));
        }
        return new AuditedEvent(id, at, outcome, other);
    }

    /** The policy and the launch grant that it is of. */
    public Set<UUID> given() {
        return Stream.of("policyId", "grantId")
                .flatMap(field -> Stream.ofNullable(json.getString(field)))
                .map(UUID::fromString)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The same event with some of its fields.
     *
     * @param fields their names; empty for all
     */
    public AuditedEvent only(List<String> fields) {
        if (fields.isEmpty()) {
            return this;
        }
        JsonObject some = new JsonObject();
        fields.stream().filter(json::containsKey).forEach(field -> some.put(field, json.getValue(field)));
        return new AuditedEvent(id, at, outcome, some);
    }

    /** One line of JSON, without its end. */
    public String line() {
        return json.encode();
    }

    /** The line without what is known of the event by its kind, for a receiver that takes no longer message. */
    String shortLine() {
        JsonObject shorter = json.copy();
        shorter.remove("detail");
        return shorter.put("detailOmitted", true).encode();
    }

    private static void put(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }
}
