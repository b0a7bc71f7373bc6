package io.mesosiam.lease;

import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;

/** Where sessions come from. */
public interface SessionSource {
    /**
     * Fills in an entitlement's templates for one launch. Pure: the same arguments give the same identity.
     *
     * @throws IllegalArgumentException with the field's name, if what comes out is more than AWS takes
     */
    SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task);

    /**
     * Asks for a session and waits for the answer; called on a virtual thread. Concurrent asks for one identity share one
     * call.
     *
     * @param waiting whether a task is waiting for it, as opposed to a renewal in good time
     */
    SessionOutcome session(SessionIdentity identity, boolean waiting);

    /** Forgets what was refused, so that the next ask for each identity is answered anew. Returns at once. */
    void askAgain();
}
