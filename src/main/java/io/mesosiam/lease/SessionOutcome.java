package io.mesosiam.lease;

import java.time.Duration;
import java.util.Optional;

/** The result of a request for a session. */
public sealed interface SessionOutcome {
    /** STS issued a session. */
    record Issued(Session session) implements SessionOutcome {}

    /** STS issued no session. */
    sealed interface Failure extends SessionOutcome {
        /** The cause, for operators; may quote AWS. */
        String reason();
    }

    /**
     * STS refuses the session. Retries give the same result until the IAM role, the policy or the controller's own
     * rights are changed.
     */
    record Refused(String reason) implements Failure {}

    /** STS gave no usable answer; a later attempt may succeed. */
    record Unavailable(String reason, Optional<Duration> retryAfter) implements Failure {}
}
