package io.mesosiam.lease;

import java.time.Duration;
import java.util.Optional;

/** What came of asking for a session. */
public sealed interface SessionOutcome {
    /** STS gave one. */
    record Issued(Session session) implements SessionOutcome {}

    /** There is none. */
    sealed interface Failure extends SessionOutcome {
        /** Why, for operators; may quote AWS. */
        String reason();
    }

    /** STS refuses it: until somebody changes the IAM role, the policy or the controller's own rights, the answer stays the same. */
    record Refused(String reason) implements Failure {}

    /** No answer for now. */
    record Unavailable(String reason, Optional<Duration> retryAfter) implements Failure {}
}
