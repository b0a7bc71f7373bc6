package io.mesosiam.admin;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it is stored.
 *
 * @param version 1 for a new policy, one more with each change
 * @param createdBy the database user; empty for a row from before this column
 */
public record StoredPolicy(
        UUID id,
        PolicyKey key,
        long version,
        PolicyContent content,
        Instant createdAt,
        Optional<String> createdBy,
        Instant updatedAt,
        Optional<String> updatedBy) {
    static StoredPolicy of(PolicyEntity row) {
        return new StoredPolicy(
                required(row.id),
                new PolicyKey(required(row.namespace), required(row.name)),
                row.version,
                PolicyColumns.read(row),
                time(row.createdAt),
                Optional.ofNullable(row.createdBy),
                time(row.updatedAt),
                Optional.ofNullable(row.updatedBy));
    }

    /** Identifies this version among all versions of all policies, also if the policy was deleted and created again. */
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
