package io.mesosiam.lease.plan;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Optional;

/** One step of a plan. Each is idempotent by its lease or key. */
public sealed interface LeaseAction {
    /** Bind a launch grant to the launch. */
    record BindGrant(PolicyId grant) implements LeaseAction {}

    /** Suspend a launch grant that is bound to another launch, because this one claims it too. */
    record SuspendGrant(PolicyId grant) implements LeaseAction {}

    /** Record that this key gets no leases any more. */
    record Withdraw(LeaseKey key, String reason) implements LeaseAction {}

    /**
     * End a lease and withdraw it from the agent.
     *
     * @param proven whether the lease's task has ended; any controller may record that, not only the controller that the
     *     host's agent is connected to
     * @param withdrawn the withdrawal of another task of the container, if it ends the lease; it is audited in addition
     *     to the lease's end
     */
    record Reap(LeaseId lease, String reason, boolean proven, Optional<String> withdrawn) implements LeaseAction {
        public Reap(LeaseId lease, String reason, boolean proven) {
            this(lease, reason, proven, Optional.empty());
        }
    }

    /**
     * End a lease whose task has ended, and hand its session over to the lease of another task of the container.
     *
     * @param reason why the lease ends
     * @param heir the other task
     * @param give what policy gives the other task, with the identity of the session
     */
    record HandOver(LeaseId lease, String reason, Launch heir, DesiredLease.Give give) implements LeaseAction {}

    /** Withdraw a refusal. */
    record ClearRefusal(Refusal refusal) implements LeaseAction {}

    /**
     * Send the container a refusal.
     *
     * @param reason for operators; the refusal's own message is for the container
     */
    record Refuse(Refusal refusal, String reason) implements LeaseAction {}

    /** Bind a lease to its container. */
    record Bind(LeaseId lease, ContainerId container) implements LeaseAction {}

    /**
     * Record the end of the lease's time to live, which a change of the policy has moved.
     *
     * @param until empty for a lease that ends with its task
     * @param give what policy gives now, which counts while policy can't be evaluated
     */
    record Limit(LeaseId lease, Optional<Instant> until, DesiredLease.Give give) implements LeaseAction {}

    /** Record that the lease's session has expired. */
    record Expire(LeaseId lease) implements LeaseAction {}

    /**
     * Create a lease and request its session.
     *
     * @param requestNow whether to request the session now; false during the backoff of an identity that STS issued no session
     *     for
     */
    record Issue(LeaseKey key, DesiredLease.Give give, Optional<ContainerId> container, boolean requestNow)
            implements LeaseAction {}

    /** Request the first session of a lease that has none. */
    record Request(LeaseId lease, DesiredLease.Give give) implements LeaseAction {}

    /** Request the next session of a lease. */
    record Renew(LeaseId lease, DesiredLease.Give give) implements LeaseAction {}

    /**
     * Do nothing for now.
     *
     * @param why the kind of reason
     * @param reason the reason as a sentence, for operators
     * @param until when to plan again; empty if an event triggers it
     */
    record Wait(CredentialName name, WaitReason why, String reason, Optional<Instant> until) implements LeaseAction {}
}
