package io.mesosiam.lease;

import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;

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
}
