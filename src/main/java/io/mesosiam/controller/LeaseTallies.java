package io.mesosiam.controller;

import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.Reconciler;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the reconciler counts, for the gauges of one scrape. Each count is a walk over all leases, waits or refusals under the reconciler's
 * lock; a scrape reads some twenty gauges of them one after another, and they share one walk of each kind.
 */
final class LeaseTallies {
    /** A scrape reads its gauges in less, and the next one comes seconds later. */
    static final Duration VALID = Duration.ofMillis(100);

    private final Supplier<Tally> count;
    private final LongSupplier nanoTime;
    private @Nullable Tally last;
    private long counted;

    /** The counts at one moment. */
    record Tally(Map<String, Long> leasesByState, Map<WaitReason, Long> waiting, Map<RefusalCode, Long> refused) {
        static Tally of(Reconciler reconciler) {
            return new Tally(reconciler.leasesByState(), reconciler.waitingByReason(), reconciler.refusedByCode());
        }
    }

    /** @param nanoTime as {@link System#nanoTime} */
    LeaseTallies(Supplier<Tally> count, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
    }

    /** The counts of now, or of at most {@link #VALID} ago. */
    synchronized Tally now() {
        long now = nanoTime.getAsLong();
        Tally known = last;
        if (known == null || now - counted > VALID.toNanos()) {
            known = count.get();
            last = known;
            counted = now;
        }
        return known;
    }
}
