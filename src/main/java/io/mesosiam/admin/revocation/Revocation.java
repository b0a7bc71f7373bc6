package io.mesosiam.admin.revocation;

import io.mesosiam.admin.withdrawal.EndedLater;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A revocation: a withdrawal, and what it covered when it was made.
 *
 * @param id the id of the withdrawal
 * @param leases number of live leases that it covers
 * @param keysValidUntil when the last session of these leases, and of those that it covered when it was made, expires, and copied keys with it; a
 *     session that STS may be issuing now is included; empty if none has or had a session
 * @param denials the IAM roles whose sessions are to be denied at AWS
 * @param later those of the leases that agents may go on serving
 */
public record Revocation(
        UUID id, int leases, Optional<Instant> keysValidUntil, List<String> denials, EndedLater later) {
    public Revocation {
        denials = List.copyOf(denials);
    }
}
