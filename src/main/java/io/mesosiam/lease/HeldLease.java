package io.mesosiam.lease;

import java.time.Instant;

/** A lease that an agent says it serves. */
public record HeldLease(LeaseId lease, String identityHash, Instant expiration) {}
