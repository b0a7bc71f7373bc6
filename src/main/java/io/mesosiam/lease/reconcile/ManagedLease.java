package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import java.util.Optional;

/**
 * A live lease with what the controller that keeps it remembers beside its row.
 *
 * @param under what its last session was asked for; empty for a lease of an earlier controller until it is decided anew
 * @param asking whether STS is being asked
 */
record ManagedLease(Lease lease, Optional<DesiredLease.Give> under, boolean asking) {
    static ManagedLease fromRow(Lease lease) {
        return new ManagedLease(lease, Optional.empty(), false);
    }

    ManagedLease with(Lease next) {
        return new ManagedLease(next, under, asking);
    }

    ManagedLease asking(Lease next, DesiredLease.Give give) {
        return new ManagedLease(next, Optional.of(give), true);
    }

    ManagedLease answered(Lease next) {
        return new ManagedLease(next, under, false);
    }
}
