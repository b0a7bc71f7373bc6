package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.simulation.StsInMemory;
import java.util.Collection;

/** Runs a reconciler on the test's own thread. */
public final class Steps {
    private Steps() {}

    /** Takes over the leases of an earlier run without starting the loop. */
    public static void restore(Reconciler reconciler, Collection<Lease> rows) {
        reconciler.restore(rows);
    }

    /**
     * Plans the next launch that is due.
     *
     * @return whether a launch was due
     */
    public static boolean step(Reconciler reconciler) {
        return reconciler.step();
    }

    /** Takes steps until the reconciler has nothing left to do. */
    static void drain(Reconciler reconciler) {
        boolean more = true;
        while (more) {
            more = reconciler.step();
        }
    }

    /** Takes steps and answers calls to STS until neither is left. */
    static void settle(Reconciler reconciler, StsInMemory sts) {
        do {
            drain(reconciler);
        } while (sts.answerOne());
    }
}
