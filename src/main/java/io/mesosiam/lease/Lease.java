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
 * The promise that one launch may use one IAM role until its task or its time to live (TTL) ends. It holds no key
 * material.
 *
 * @param policy the policy under which the latest session was issued
 * @param identityHash {@link SessionIdentity#hash()} of the lease's sessions
 * @param witnessed whether the launch was witnessed when the lease was created
 * @param container set once, when a task status names the container
 * @param createdAt start of the TTL: when the lease was created, or the first lease of the same session in its
 *     container, if the session was handed over from an ended task
 * @param until end of the lease's TTL
 * @param revision incremented for each session and for the binding; agents keep the highest
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

    /** The Mesos agent of the host on which the lease is served. */
    public MesosAgentId host() {
        return key.launch().key().agent();
    }

    public boolean isLive() {
        return state instanceof LeaseState.Live;
    }

    /** Returns this lease as a lease of {@code to}, the same launch under another sequence number. */
    public Lease renumbered(Launch to) {
        return new Lease(
                id,
                new LeaseKey(to, key.name()),
                role,
                policy,
                identityHash,
                sessionName,
                witnessed,
                container,
                createdAt,
                until,
                state,
                revision);
    }

    /** Returns this lease under another id. */
    public Lease under(LeaseId other) {
        return new Lease(
                other,
                key,
                role,
                policy,
                identityHash,
                sessionName,
                witnessed,
                container,
                createdAt,
                until,
                state,
                revision);
    }

    /** Returns this lease in another state. */
    public Lease in(LeaseState next) {
        return with(policy, container, next, revision);
    }

    /** Returns this lease with a new session, issued under policy {@code by}. */
    public Lease issued(LeaseState.Active next, PolicyId by) {
        return with(by, container, next, revision + 1);
    }

    /**
     * Returns this lease bound to the container {@code to}.
     *
     * @throws IllegalStateException if it is already bound
     */
    public Lease bind(ContainerId to) {
        if (container.isPresent()) {
            throw new IllegalStateException("lease " + id + " is already bound");
        }
        return with(policy, Optional.of(to), state, revision + 1);
    }

    /** Returns this lease with another end of its time to live. */
    public Lease limited(Optional<Instant> to) {
        return new Lease(
                id, key, role, policy, identityHash, sessionName, witnessed, container, createdAt, to, state, revision);
    }

    private Lease with(PolicyId by, Optional<ContainerId> in, LeaseState next, long at) {
        return new Lease(id, key, role, by, identityHash, sessionName, witnessed, in, createdAt, until, next, at);
    }
}
