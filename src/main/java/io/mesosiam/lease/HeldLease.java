package io.mesosiam.lease;

import java.time.Instant;

/** A lease that an agent says it serves. The expiration is to the microsecond, as the lease's own is. */
public record HeldLease(LeaseId lease, String identityHash, Instant expiration) {
    public HeldLease {
        expiration = Stored.time(expiration);
    }
}
