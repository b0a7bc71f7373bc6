package io.mesosiam.admin.revocation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The denial of sessions of one IAM role at AWS, as it is stored.
 *
 * @param withdrawal the withdrawal of the revocation that it belongs to
 * @param sessionNames the role session names that are denied; empty for all sessions
 * @param issuedBefore only sessions issued before this moment are denied; empty for all of {@code sessionNames}
 * @param removeAfter when the denial is removed again
 * @param appliedAt when AWS accepted it
 * @param removedAt when it was removed
 * @param attempts how often in a row AWS has refused or not answered
 * @param lastError what AWS answered last; empty after a success
 * @param all number of the denials of its withdrawal
 */
public record StoredDenial(
        UUID withdrawal,
        String iamRoleArn,
        List<String> sessionNames,
        Optional<Instant> issuedBefore,
        Instant removeAfter,
        Optional<Instant> appliedAt,
        Optional<Instant> removedAt,
        int attempts,
        Optional<String> lastError,
        long all) {
    public StoredDenial {
        sessionNames = List.copyOf(sessionNames);
    }

    /** {@code requested}, {@code failing}, {@code active} or {@code removed}. */
    public String state() {
        if (removedAt.isPresent()) {
            return "removed";
        }
        if (appliedAt.isPresent()) {
            return "active";
        }
        return attempts > 0 ? "failing" : "requested";
    }
}
