package io.mesosiam.admin.revocation;

import java.time.Instant;
import java.util.Optional;

/**
 * A live lease that a revocation covers.
 *
 * @param expiration when its session expires, or that of a session which STS may be issuing now; empty if there is none
 * @param longest when a session would expire at the latest that is issued now
 * @param shared whether another lease uses a session of the same name and role
 */
record CoveredLease(
        String iamRoleArn,
        Optional<String> sessionName,
        Optional<Instant> expiration,
        Instant longest,
        boolean shared) {
    /** Whether there is a session that can be denied by its name. */
    boolean hasSession() {
        return sessionName.isPresent() && expiration.isPresent();
    }
}
