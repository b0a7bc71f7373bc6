package io.mesosiam.admin.namespace;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A namespace as it is stored.
 *
 * @param parent the path one step up; empty for the root
 * @param version 1 for a new namespace, one more with each change
 * @param createdBy the database user; empty for a row from before this column
 */
public record StoredNamespace(
        UUID id,
        String path,
        Optional<String> parent,
        long version,
        NamespaceContent content,
        Instant createdAt,
        Optional<String> createdBy,
        Instant updatedAt,
        Optional<String> updatedBy) {
    static StoredNamespace of(NamespaceEntity row) {
        return new StoredNamespace(
                required(row.id),
                required(row.path),
                Optional.ofNullable(row.parent),
                row.version,
                NamespaceContent.of(row),
                time(row.createdAt),
                Optional.ofNullable(row.createdBy),
                time(row.updatedAt),
                Optional.ofNullable(row.updatedBy));
    }

    /** Identifies this version among all versions of all namespaces, also if it was deleted and created again. */
    public String tag() {
        return id + "." + version;
    }

    private static Instant time(@Nullable OffsetDateTime time) {
        return required(time).toInstant();
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
