package io.mesosiam.admin.host;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A join token as it is stored, without its hash.
 *
 * @param hostname of the host that can enrol with it, or a pattern
 * @param uses how many hosts can enrol with it
 * @param used how many have
 */
public record StoredJoinToken(
        UUID id,
        String hostname,
        int uses,
        int used,
        Instant expiresAt,
        Instant madeAt,
        String madeBy,
        Optional<Revocation> revoked) {
    /** When a token was revoked, and who did it. */
    public record Revocation(Instant at, String by) {}

    static StoredJoinToken of(JoinTokenEntity row) {
        return new StoredJoinToken(
                required(row.id),
                required(row.hostname),
                row.uses,
                row.used,
                required(row.expiresAt).toInstant(),
                required(row.madeAt).toInstant(),
                required(row.madeBy),
                Optional.ofNullable(row.revokedAt)
                        .map(OffsetDateTime::toInstant)
                        .map(at -> new Revocation(at, required(row.revokedBy))));
    }

    /** Whether a host can still enrol with it. */
    public boolean isValid(Instant now) {
        return revoked.isEmpty() && used < uses && now.isBefore(expiresAt);
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
