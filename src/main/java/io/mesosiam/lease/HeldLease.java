package io.mesosiam.lease;

import java.time.Instant;

/**
 * A lease that an agent reports as served by it. The expiration is truncated to microseconds, like the expiration of
 * the lease itself.
 */
public record HeldLease(LeaseId lease, String identityHash, Instant expiration) {
    public HeldLease {
        expiration = Stored.time(expiration);
    }
}
