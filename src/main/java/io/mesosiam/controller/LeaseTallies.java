package io.mesosiam.controller;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.Reconciler;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the reconciler for the gauges of one scrape. Each count iterates over all leases, or over all waits or
 * refusals under the reconciler's lock. A scrape reads some twenty gauges in sequence; they share one iteration of each
 * kind.
 */
final class LeaseTallies {
    /** Longer than a scrape takes to read its gauges, and shorter than the time between scrapes. */
    static final Duration VALID = Duration.ofMillis(100);

    private final Supplier<Tally> count;
    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private @Nullable Tally last;

    @GuardedBy("this")
    private long counted;

    /** The counts at one moment. */
    record Tally(Map<String, Long> leasesByState, Map<WaitReason, Long> waiting, Map<RefusalCode, Long> refused) {
        static Tally of(Reconciler reconciler) {
            return new Tally(
                    reconciler.overview().leasesByState(),
                    reconciler.overview().waitingByReason(),
                    reconciler.overview().refusedByCode());
        }
    }

    /** @param nanoTime as {@link System#nanoTime} */
    LeaseTallies(Supplier<Tally> count, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
    }

    /** The current counts, at most {@link #VALID} old. */
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
