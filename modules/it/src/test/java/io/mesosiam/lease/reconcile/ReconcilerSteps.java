package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import java.time.Duration;
import java.util.Collection;

/** Runs a {@link Reconciler} step by step, without its thread. */
public final class ReconcilerSteps {
    private ReconcilerSteps() {}

    /** Takes over the leases of an earlier run without starting the loop. */
    public static void restore(Reconciler reconciler, Collection<Lease> rows) {
        reconciler.restore(rows);
    }

    /** Plans the next launch that is due. {@return whether a launch was due} */
    public static boolean step(Reconciler reconciler) {
        return reconciler.step();
    }

    /** Time until a step has work. */
    public static Duration untilDue(Reconciler reconciler) {
        return reconciler.untilDue();
    }
}
