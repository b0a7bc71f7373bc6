package io.mesosiam.admin.revocation;

import java.time.Instant;
import java.util.Optional;

/**
 * A live lease that a revocation covers.
 *
 * @param shared whether another lease uses a session of the same name and role
 */
record CoveredLease(String iamRoleArn, Optional<String> sessionName, Optional<Instant> expiration, boolean shared) {
    /** Whether there is a session that can be denied by its name. */
    boolean hasSession() {
        return sessionName.isPresent() && expiration.isPresent();
    }
}
