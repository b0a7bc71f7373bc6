package io.mesosiam.admin.revocation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A revocation: a withdrawal, and what it covered when it was made.
 *
 * @param id the id of the withdrawal
 * @param leases number of live leases that it covers
 * @param keysValidUntil when the last session of these leases expires, and copied keys with it; a session that STS may be
 *     issuing now is included; empty if none has a session
 * @param denials the IAM roles whose sessions are to be denied at AWS
 */
public record Revocation(UUID id, int leases, Optional<Instant> keysValidUntil, List<String> denials) {
    public Revocation {
        denials = List.copyOf(denials);
    }
}
