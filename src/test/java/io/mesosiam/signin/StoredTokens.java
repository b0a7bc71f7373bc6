package io.mesosiam.signin;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Stored tokens for tests. */
final class StoredTokens {
    private StoredTokens() {}

    static StoredToken valid() {
        return new StoredToken(
                new UUID(1, 2),
                "ci",
                Set.of(RoleGrant.everywhere(Role.VIEWER)),
                true,
                Instant.EPOCH,
                "bootstrap",
                Instant.MAX,
                Optional.empty(),
                Optional.empty());
    }
}
