package io.mesosiam.lease;

import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import java.time.Duration;
import java.util.Optional;

/** Supplies sessions. */
public interface SessionSource {
    /**
     * Fills in an entitlement's templates for one launch. Pure: the same arguments give the same identity.
     *
     * @throws IllegalArgumentException with the field's name, if a resulting value exceeds the limits of AWS
     */
    SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task);

    /**
     * Requests a session and blocks until the answer; call it on a virtual thread. Concurrent calls with one identity
     * share one STS call.
     *
     * @param waiting whether a task waits for the session, as opposed to a renewal ahead of time
     */
    SessionOutcome session(SessionIdentity identity, boolean waiting);

    /** The result of a request for a session. */
    sealed interface SessionOutcome {
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
}
