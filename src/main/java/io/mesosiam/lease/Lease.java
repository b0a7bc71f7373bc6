package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Optional;

/**
 * The promise that one launch may use one IAM role until its task or its TTL ends. Holds no key material.
 *
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
    public Launch launch() {
        return key.launch();
    }

    public CredentialName name() {
        return key.name();
    }
}
