package io.mesosiam.admin.trust;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An attribute that a framework enforces, as it is stored: selectors of it are not self-asserted for this framework.
 *
 * @param key which label or attribute of the Mesos agent; empty for all
 * @param madeBy the caller of the API, or the database user for a change by SQL
 */
public record StoredTrust(
        UUID id,
        long version,
        String frameworkPrincipal,
        String attribute,
        Optional<String> key,
        Optional<String> description,
        String madeBy,
        Instant createdAt) {
    static StoredTrust of(AttributeTrustEntity row) {
        return new StoredTrust(
                required(row.id),
                row.version,
                required(row.frameworkPrincipal),
                required(row.attribute),
                Optional.ofNullable(row.key),
                Optional.ofNullable(row.description),
                required(row.madeBy),
                required(row.createdAt).toInstant());
    }

    /** Identifies this version of the row. */
    public String tag() {
        return id + "." + version;
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
