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
 * @param instance that the newest certificate is of; empty for other proofs
 * @param eviction empty unless it is evicted
 */
public record StoredHost(
        String hostname, Optional<Certificate> certificate, Optional<Instance> instance, Optional<Eviction> eviction) {
    /**
     * A certificate.
     *
     * @param serial lower-case hexadecimal
     * @param proof {@code join-token}, {@code ec2} or {@code rotation}
     */
    public record Certificate(String serial, String proof, Instant issuedAt, Instant expiresAt) {}

    /**
     * An EC2 instance.
     *
     * @param state that EC2 stated last, or {@code unknown}
     */
    public record Instance(String id, String account, String region, String state) {}

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
                Optional.ofNullable(row.instanceId)
                        .map(id -> new Instance(id, required(row.account), required(row.region), required(row.state))),
                Optional.ofNullable(row.evictedAt)
                        .map(OffsetDateTime::toInstant)
                        .map(at -> new Eviction(at, required(row.evictedBy), required(row.evictionReason))));
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null here");
    }
}
