package io.mesosiam.admin.host;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host that has enrolled, or that was evicted.
 *
 * @param certificate the newest that it got; empty if it got none, or that was long ago
 * @param eviction empty unless it is evicted
 */
public record StoredHost(String hostname, Optional<Certificate> certificate, Optional<Eviction> eviction) {
    /**
     * A certificate.
     *
     * @param serial lower-case hexadecimal
     * @param proof {@code join-token} or {@code rotation}
     */
    public record Certificate(String serial, String proof, Instant issuedAt, Instant expiresAt) {}

    /** When and why a host was evicted, and which caller did it. */
    public record Eviction(Instant at, String by, String reason) {}

    static StoredHost of(HostEntity row) {
        return new StoredHost(
                required(row.hostname),
                Optional.ofNullable(row.serial)
                        .map(serial -> new Certificate(
                                serial,
                                required(row.proof),
                                required(row.issuedAt).toInstant(),
                                required(row.expiresAt).toInstant())),
                Optional.ofNullable(row.evictedAt)
                        .map(OffsetDateTime::toInstant)
                        .map(at -> new Eviction(at, required(row.evictedBy), required(row.evictionReason))));
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null here");
    }
}
