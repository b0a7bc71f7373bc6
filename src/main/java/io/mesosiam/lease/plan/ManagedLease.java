package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import java.util.Optional;

/**
 * A live lease with what its controller remembers in addition to the row.
 *
 * @param under the desired lease of the last request for a session, or of a later change of the time to live; empty for
 *     a lease of an earlier controller until it is decided again
 * @param requesting whether a request to STS is pending
 */
public record ManagedLease(Lease lease, Optional<DesiredLease.Give> under, boolean requesting) {
    public static ManagedLease fromRow(Lease lease) {
        return new ManagedLease(lease, Optional.empty(), false);
    }

    public ManagedLease with(Lease next) {
        return new ManagedLease(next, under, requesting);
    }

    public ManagedLease given(Lease next, DesiredLease.Give give) {
        return new ManagedLease(next, Optional.of(give), requesting);
    }

    public ManagedLease requesting(Lease next, DesiredLease.Give give) {
        return new ManagedLease(next, Optional.of(give), true);
    }

    public ManagedLease answered(Lease next) {
        return new ManagedLease(next, under, false);
    }
}
