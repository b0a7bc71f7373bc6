package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Optional;

/**
 * The promise that one launch may use one IAM role until its task or its TTL ends. Holds no key material.
 *
 * @param policy whose word it last had: of the last session, not of the first
 * @param identityHash {@link SessionIdentity#hash()} of what its sessions are
 * @param witnessed whether the launch was seen when the lease was made
 * @param container bound once, when a status names it
 * @param until where its TTL ends
 * @param revision one more with each session and each binding; agents keep the highest
 */
public record Lease(
        LeaseId id,
        LeaseKey key,
        IamRole role,
        PolicyId policy,
        String identityHash,
        String sessionName,
        boolean witnessed,
        Optional<ContainerId> container,
        Instant createdAt,
        Optional<Instant> until,
        LeaseState state,
        long revision) {
    public Lease {
        createdAt = Stored.time(createdAt);
        until = until.map(Stored::time);
    }

    public Launch launch() {
        return key.launch();
    }

    public CredentialName name() {
        return key.name();
    }

    /** The Mesos agent whose host it is served on. */
    public MesosAgentId host() {
        return key.launch().key().agent();
    }

    public boolean isLive() {
        return state instanceof LeaseState.Live;
    }

    /** The same lease in another state. */
    public Lease in(LeaseState next) {
        return with(policy, container, next, revision);
    }

    /** The same lease with a new session under {@code by}. */
    public Lease issued(LeaseState.Active next, PolicyId by) {
        return with(by, container, next, revision + 1);
    }

    /**
     * The same lease, bound.
     *
     * @throws IllegalStateException if it is bound already
     */
    public Lease bind(ContainerId to) {
        if (container.isPresent()) {
            throw new IllegalStateException("lease " + id + " is bound already");
        }
        return with(policy, Optional.of(to), state, revision + 1);
    }

    private Lease with(PolicyId by, Optional<ContainerId> in, LeaseState next, long at) {
        return new Lease(id, key, role, by, identityHash, sessionName, witnessed, in, createdAt, until, next, at);
    }
}
