package io.mesosiam.signin;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An API token as it is stored, without its text.
 *
 * @param isWhole whether {@code grants} are all of its roles; false if it has roles of a later version
 */
public record StoredToken(
        UUID id,
        String name,
        Set<RoleGrant> grants,
        boolean isWhole,
        Instant createdAt,
        String createdBy,
        Instant expiresAt,
        Optional<Instant> lastUsedAt,
        Optional<Revocation> revoked) {
    /** Who revoked it, and when. */
    public record Revocation(Instant at, String by) {}

    public StoredToken {
        Objects.requireNonNull(id, "id");
        grants = Set.copyOf(grants);
    }

    /** Whether it is neither revoked nor expired. */
    public boolean isValid(Instant now) {
        return revoked.isEmpty() && now.isBefore(expiresAt);
    }
}
