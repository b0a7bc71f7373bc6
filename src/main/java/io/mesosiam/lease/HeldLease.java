package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.Optional;

/**
 * A lease that an agent reports as served by it. The expiration is truncated to microseconds, like the expiration of
 * the lease itself.
 *
 * @param container the container that it is served to; empty if it isn't bound, or if the agent doesn't say
 * @param name empty if the agent doesn't say
 */
public record HeldLease(
        LeaseId lease,
        String identityHash,
        Instant expiration,
        Optional<ContainerId> container,
        Optional<CredentialName> name) {
    public HeldLease {
        expiration = Stored.time(expiration);
    }

    public HeldLease(LeaseId lease, String identityHash, Instant expiration) {
        this(lease, identityHash, expiration, Optional.empty(), Optional.empty());
    }
}
