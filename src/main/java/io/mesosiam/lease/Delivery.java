package io.mesosiam.lease;

import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;

/** One message to an agent. Each is idempotent. */
public sealed interface Delivery {
    /**
     * Serve this session under the lease. An unbound lease is kept and not served until it is bound.
     *
     * @param traceparent the trace of the session on its way, if it is traced
     * @param executor id of the executor in whose container the task runs, if it is known
     */
    record Serve(Lease lease, Session session, Optional<String> traceparent, Optional<String> executor)
            implements Delivery {
        public Serve(Lease lease, Session session) {
            this(lease, session, Optional.empty(), Optional.empty());
        }
    }

    /**
     * Continue to serve the session that the agent reported: the controller has adopted it.
     *
     * @param heldAs the lease under which the agent holds the session, if it is a different one; from now on the
     *     session belongs to {@code lease}
     * @param executor as of {@link Serve}
     */
    record Keep(Lease lease, Optional<LeaseId> heldAs, Optional<String> executor) implements Delivery {
        public Keep(Lease lease) {
            this(lease, Optional.empty(), Optional.empty());
        }
    }

    /**
     * Leave a lease as the agent holds it: which task it is for is not known yet. Only part of a host's complete state.
     */
    record Retain(LeaseId lease) implements Delivery {}

    /** Answer requests of this container for this credential name with a refusal. */
    record Refuse(ContainerId container, CredentialName name, RefusalCode code, String message) implements Delivery {}

    /** Stop serving the lease immediately. */
    record Withdraw(LeaseId lease, String reason) implements Delivery {}

    /**
     * All that this version of the policies changes on the host has been delivered before, apart from sessions for which
     * STS has not answered yet. The agent confirms it.
     */
    record Policies(long version) implements Delivery {}

    /** Forget a refusal, because the credential name is being decided again. */
    record ClearRefusal(ContainerId container, CredentialName name) implements Delivery {}
}
