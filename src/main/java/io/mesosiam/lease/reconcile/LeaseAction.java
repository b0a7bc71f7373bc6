package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.Optional;

/** One thing to do. Each is idempotent by the lease or key that it names. */
sealed interface LeaseAction {
    /** Record that this key gets nothing any more. */
    record Withdraw(LeaseKey key, String reason) implements LeaseAction {}

    /**
     * End a lease and take it from the agent.
     *
     * @param proven whether its task has ended, which any controller may write down, not only the one that the host's
     *     agent is connected to
     * @param withdrawn the withdrawal of another task of its container, if that ends it: audited beside the lease's end
     */
    record Reap(LeaseId lease, String reason, boolean proven, Optional<String> withdrawn) implements LeaseAction {
        Reap(LeaseId lease, String reason, boolean proven) {
            this(lease, reason, proven, Optional.empty());
        }
    }

    /**
     * End a lease whose task has ended, and give its session to another task of the container: a lease of that task serves it on.
     *
     * @param reason why the lease ends
     * @param heir the other task, and what policy gives it
     */
    record HandOver(LeaseId lease, String reason, ContainerNeighbours.Heir heir) implements LeaseAction {}

    /** Take back a refusal. */
    record ClearRefusal(Refusal refusal) implements LeaseAction {}

    /**
     * Tell the container that it gets nothing.
     *
     * @param reason for operators; the refusal's own message is what the container sees
     */
    record Refuse(Refusal refusal, String reason) implements LeaseAction {}

    /** Bind a lease to its container. */
    record Bind(LeaseId lease, ContainerId container) implements LeaseAction {}

    /** Its session is over. */
    record Expire(LeaseId lease) implements LeaseAction {}

    /**
     * Make a lease and ask for its session.
     *
     * @param ask whether to ask now; not while STS is held back, since it just refused the same to another
     */
    record Issue(LeaseKey key, DesiredLease.Give give, Optional<ContainerId> container, boolean ask)
            implements LeaseAction {}

    /** Ask for the first session of a lease that has none. */
    record Ask(LeaseId lease, DesiredLease.Give give) implements LeaseAction {}

    /** Ask for the next session of a lease. */
    record Renew(LeaseId lease, DesiredLease.Give give) implements LeaseAction {}

    /**
     * Do nothing for now.
     *
     * @param why the kind of reason
     * @param reason the same in a sentence, for operators
     * @param until when to look again; empty if an event will say so
     */
    record Wait(CredentialName name, WaitReason why, String reason, Optional<Instant> until) implements LeaseAction {}
}
