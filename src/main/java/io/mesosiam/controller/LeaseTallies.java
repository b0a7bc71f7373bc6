package io.mesosiam.controller;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.LeaseOverview;
import io.mesosiam.lease.reconcile.Reconciler;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    /**
     * The counts at one moment, and times of the leases on hosts connected here.
     *
     * @param earliestEnd when the first of their sessions ends; empty without a session
     * @param earliestRenewal when the first renewal is due that has not begun; empty if none is planned
     */
    record Tally(
            Map<String, Long> leasesByState,
            Map<WaitReason, Long> waiting,
            Map<RefusalCode, Long> refused,
            LeaseOverview.Counts counts,
            Optional<Instant> earliestEnd,
            Optional<Instant> earliestRenewal) {
        static Tally of(Reconciler reconciler) {
            LeaseOverview overview = reconciler.overview();
            Map<String, Long> states = new HashMap<>();
            Optional<Instant> end = Optional.empty();
            Optional<Instant> renewal = Optional.empty();
            for (LeaseState state : overview.statesHere()) {
                states.merge(state.text(), 1L, Long::sum);
                end = earlier(end, state.servedUntil());
                if (state instanceof LeaseState.Active active) {
                    renewal = earlier(renewal, Optional.of(active.renewAt()));
                }
            }
            return new Tally(
                    states, overview.waitingByReason(), overview.refusedByCode(), overview.counts(), end, renewal);
        }

        private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
            return one.isEmpty() || (other.isPresent() && other.get().isBefore(one.get())) ? other : one;
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
