package io.mesosiam.controller;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.LeaseOverview;
import io.mesosiam.lease.reconcile.Reconciler;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            List<LeaseState> states = overview.statesHere();
            return new Tally(
                    states.stream().collect(Collectors.groupingBy(LeaseState::text, Collectors.counting())),
                    overview.waitingByReason(),
                    overview.refusedByCode(),
                    overview.counts(),
                    earliest(states.stream().map(LeaseState::servedUntil).flatMap(Optional::stream)),
                    earliest(states.stream()
                            .filter(LeaseState.Active.class::isInstance)
                            .map(LeaseState.Active.class::cast)
                            .map(LeaseState.Active::renewAt)));
        }

        private static Optional<Instant> earliest(Stream<Instant> times) {
            return times.min(Comparator.naturalOrder());
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
