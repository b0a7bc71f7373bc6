package io.mesosiam.lease.reconcile;

/** Runs a reconciler on the test's own thread. */
final class Steps {
    private Steps() {}

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
