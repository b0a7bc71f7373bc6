package io.mesosiam.admin.grant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Json;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A launch grant as it is stored.
 *
 * @param mesosRole empty for any; then there is a task id
 * @param taskId empty if the task has a label with the id of the grant
 * @param madeBy the caller of the API, or the database user for a grant by SQL
 * @param bound the launch that has it; empty until a controller has bound it
 * @param suspension empty unless a second launch has claimed it
 * @param end empty until it has ended
 */
public record StoredGrant(
        UUID id,
        String namespace,
        String iamRoleArn,
        String credentialName,
        String frameworkPrincipal,
        Optional<String> mesosRole,
        Optional<String> taskId,
        Optional<JsonNode> sessionPolicy,
        boolean sensitive,
        Instant expiresAt,
        long version,
        Instant madeAt,
        String madeBy,
        Optional<Bound> bound,
        Optional<Suspension> suspension,
        Optional<End> end) {
    /** The launch that a grant is bound to. */
    public record Bound(Instant at, String frameworkId, String taskId, String mesosAgentId, String containerId) {
        static Optional<Bound> of(LaunchGrantEntity row) {
            return time(row.boundAt)
                    .map(at -> new Bound(
                            at,
                            required(row.boundFrameworkId),
                            required(row.boundTaskId),
                            required(row.boundMesosAgentId),
                            required(row.boundContainerId)));
        }
    }

    /** When and why a grant was suspended. */
    public record Suspension(Instant at, String reason) {}

    /**
     * When and why a grant ended, and who ended it.
     *
     * @param reason {@code revoked}, {@code task-ended} or {@code expired}
     */
    public record End(Instant at, String by, String reason) {}

    static StoredGrant of(LaunchGrantEntity row) {
        return new StoredGrant(
                required(row.id),
                required(row.namespace),
                required(row.iamRoleArn),
                required(row.credentialName),
                required(row.frameworkPrincipal),
                Optional.ofNullable(row.mesosRole),
                Optional.ofNullable(row.taskId),
                Optional.ofNullable(row.sessionPolicy).map(Json::stored),
                row.sensitive,
                required(row.expiresAt).toInstant(),
                row.version,
                required(row.madeAt).toInstant(),
                required(row.madeBy),
                Bound.of(row),
                time(row.suspendedAt).map(at -> new Suspension(at, required(row.suspendedReason))),
                time(row.endedAt).map(at -> new End(at, required(row.endedBy), required(row.endReason))));
    }

    /** The grant as a JSON object of the columns that say what it gives. */
    public String row() {
        ObjectNode row = Fields.row(Map.of(
                "id", Optional.of(id),
                "namespace", Optional.of(namespace),
                "iam_role_arn", Optional.of(iamRoleArn),
                "credential_name", Optional.of(credentialName),
                "framework_principal", Optional.of(frameworkPrincipal),
                "mesos_role", mesosRole,
                "task_id", taskId,
                "expires_at", Optional.of(expiresAt),
                "made_at", Optional.of(madeAt)));
        sessionPolicy.ifPresent(document -> row.set("session_policy", document));
        return row.put("sensitive", sensitive).toString();
    }

    private static Optional<Instant> time(@Nullable OffsetDateTime time) {
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
