package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One version of a policy, with the change that made it.
 *
 * @param operation {@code insert}, {@code update} or {@code delete}; {@code existing} for a policy from before the history
 * @param content the content after the change; of a deletion, what was deleted
 * @param databaseUser the database user that made the change
 * @param caller the signed-in caller of the API; empty for a change by SQL, as the reason and the request
 */
public record PolicyRevision(
        UUID policyId,
        long version,
        String operation,
        PolicyKey key,
        PolicyContent content,
        Instant changedAt,
        String databaseUser,
        Optional<String> caller,
        Optional<String> reason,
        Optional<String> requestId) {
    static PolicyRevision of(PolicyRevisionEntity row) {
        return new PolicyRevision(
                required(row.policyId),
                row.version,
                required(row.operation),
                new PolicyKey(required(row.namespace), required(row.name)),
                content(row),
                required(row.changedAt).toInstant(),
                required(row.databaseUser),
                Optional.ofNullable(row.caller),
                Optional.ofNullable(row.reason),
                Optional.ofNullable(row.requestId));
    }

    /** The version's entity tag: that of the policy as long as it is the newest. */
    public String tag() {
        return policyId + "." + version;
    }

    private static PolicyContent content(PolicyRevisionEntity row) {
        JsonNode columns = Json.stored(required(row.content));
        Map<PolicyField, JsonNode> values = new EnumMap<>(PolicyField.class);
        for (PolicyField field : PolicyField.values()) {
            JsonNode value = columns.path(field.column());
            if (!value.isMissingNode() && !value.isNull()) {
                values.put(field, field.kind() == FieldKind.SECONDS ? LongNode.valueOf(seconds(field, row)) : value);
            }
        }
        if (!columns.has(PolicyField.DEFAULT_TAGS.column())) {
            // a version from before the column had none
            values.put(PolicyField.DEFAULT_TAGS, BooleanNode.FALSE);
        }
        return new PolicyContent(values);
    }

    private static long seconds(PolicyField field, PolicyRevisionEntity row) {
        return field == PolicyField.LEASE_TTL ? required(row.leaseSeconds) : required(row.sessionSeconds);
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
