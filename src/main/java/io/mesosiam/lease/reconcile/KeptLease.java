package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import java.util.Optional;

/**
 * A live lease with what the controller that keeps it remembers beside its row.
 *
 * @param under what its last session was asked for; empty for a lease of an earlier controller until it is decided anew
 * @param asking whether STS is being asked
 */
record KeptLease(Lease lease, Optional<Wish.Give> under, boolean asking) {
    static KeptLease fromRow(Lease lease) {
        return new KeptLease(lease, Optional.empty(), false);
    }

    KeptLease with(Lease next) {
        return new KeptLease(next, under, asking);
    }

    KeptLease asking(Lease next, Wish.Give give) {
        return new KeptLease(next, Optional.of(give), true);
    }

    KeptLease answered(Lease next) {
        return new KeptLease(next, under, false);
    }
}
