package io.mesosiam.lease;

import java.time.Duration;
import java.util.Optional;

/** What came of asking for a session. */
public sealed interface SessionOutcome {
    /** STS gave one. */
    record Issued(Session session) implements SessionOutcome {}

    /** A lasting no: asking again soon would be the same. The reason is for operators and may quote AWS. */
    record Refused(String reason) implements SessionOutcome {}

    /** No answer for now. */
    record Unavailable(String reason, Optional<Duration> retryAfter) implements SessionOutcome {}
}
