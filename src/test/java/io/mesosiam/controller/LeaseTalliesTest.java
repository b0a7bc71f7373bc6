package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.controller.LeaseTallies.Tally;
import io.mesosiam.lease.reconcile.LeaseOverview;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseTalliesTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
    private final AtomicLong counts = new AtomicLong();
    private final LeaseTallies tallies = new LeaseTallies(
            () -> new Tally(
                    Map.of("active", counts.incrementAndGet()),
                    Map.of(),
                    Map.of(),
                    new LeaseOverview.Counts(0, 0, 0, new LeaseOverview.Queue(0, 0, Duration.ZERO), 0, 0),
                    Optional.empty(),
                    Optional.empty()),
            nanos::get);

    @Test
    void gaugesOfOneScrapeShareOneIteration() {
        Tally first = tallies.now();
        nanos.addAndGet(LeaseTallies.VALID.toNanos());

        assertThat(tallies.now()).isSameAs(first);
        assertThat(counts).hasValue(1);
    }

    @Test
    void laterScrapeCountsAgain() {
        tallies.now();
        nanos.addAndGet(LeaseTallies.VALID.toNanos() + 1);

        assertThat(tallies.now().leasesByState()).containsEntry("active", 2L);
    }
}
