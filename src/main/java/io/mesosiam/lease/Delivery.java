package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;

/** One thing that an agent is told. Each is idempotent. */
public sealed interface Delivery {
    /** Serve this session under the lease; an unbound lease is kept until it is bound. */
    record Serve(Lease lease, Session session) implements Delivery {}

    /**
     * Go on serving the session that the agent reported: the controller adopted it.
     *
     * @param heldAs the lease under which the agent has the session, if that is another one: from now on the session is this lease's
     */
    record Keep(Lease lease, Optional<LeaseId> heldAs) implements Delivery {
        public Keep(Lease lease) {
            this(lease, Optional.empty());
        }
    }

    /** Answer this container's asks for this name with a refusal. */
    record Refuse(ContainerId container, CredentialName name, RefusalCode code, String message) implements Delivery {}

    /** Stop serving, now. */
    record Withdraw(LeaseId lease, String reason) implements Delivery {}

    /** Forget a refusal: something else is being decided. */
    record ClearRefusal(ContainerId container, CredentialName name) implements Delivery {}
}
