package io.mesosiam.admin.namespace;

import io.mesosiam.admin.Json;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One version of a namespace, with the change that made it.
 *
 * @param version 1 for a new namespace; the version of a deletion is one more than the last
 * @param operation {@code insert}, {@code update} or {@code delete}; {@code existing} for a namespace from before the history
 * @param content the content after the change; of a deletion, what was deleted
 * @param databaseUser the database user that made the change
 * @param caller the signed-in caller of the API; empty for a change by SQL, as the reason and the request
 */
public record NamespaceRevision(
        UUID namespaceId,
        long version,
        String operation,
        String path,
        NamespaceContent content,
        Instant changedAt,
        String databaseUser,
        Optional<String> caller,
        Optional<String> reason,
        Optional<String> requestId) {
    static NamespaceRevision of(NamespaceRevisionEntity row) {
        return new NamespaceRevision(
                required(row.namespaceId),
                row.version,
                required(row.operation),
                required(row.path),
                NamespaceContent.ofColumns(Json.stored(required(row.content)), row.longestTtlSeconds),
                required(row.changedAt).toInstant(),
                required(row.databaseUser),
                Optional.ofNullable(row.caller),
                Optional.ofNullable(row.reason),
                Optional.ofNullable(row.requestId));
    }

    /** The version's entity tag: that of the namespace as long as it is the newest. */
    public String tag() {
        return namespaceId + "." + version;
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
