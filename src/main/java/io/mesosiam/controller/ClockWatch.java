package io.mesosiam.controller;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.loop.Loop;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the time of Postgres, and reports when this machine's clock differs from those of its peers by more than a
 * minute. Masters and STS state their time in each response.
 */
@Singleton
final class ClockWatch {
    private static final Logger LOG = Logger.getLogger(ClockWatch.class);
    private static final Duration PERIOD = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final PeerClocks clocks;
    private final Pool pool;
    private final MeterRegistry meters;
    private final Loop loop = new Loop("clock-watch");
    private boolean wrong;
    private Duration correction = Duration.ZERO;
    private volatile @Nullable ScheduledExecutorService timer;

    @Inject
    ClockWatch(PeerClocks clocks, Pool pool, MeterRegistry meters) {
        this.clocks = clocks;
        this.pool = pool;
        this.meters = meters;
    }

    /**
     * Compares once before it returns, then every 15 s.
     *
     * @param corrected called after the correction of the time used for leases has changed
     */
    void start(Runnable corrected) {
        for (Peer peer : Peer.values()) {
            Gauge.builder(
                            "mesosiam.clock.ahead",
                            clocks,
                            it -> seconds(it.ahead().get(peer)))
                    .tag("peer", peer.label())
                    .baseUnit("seconds")
                    .description("How far this clock is ahead of the peer's; NaN until the peer has stated its time")
                    .register(meters);
        }
        compare(corrected);
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("clock-watch").daemon().factory());
        timer = started;
        var unused = started.scheduleWithFixedDelay(
                loop.guard(() -> compare(corrected)), PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static double seconds(@Nullable Duration ahead) {
        return ahead == null ? Double.NaN : ahead.toMillis() / 1000.0;
    }

    Loop loop() {
        return loop;
    }

    private void compare(Runnable corrected) {
        try {
            readPostgres();
        } catch (RuntimeException away) {
            LOG.debugf("database time not read reason=\"%s\"", PlainReason.of(away));
        }
        try {
            report();
            Duration now = clocks.correction();
            if (now.minus(correction).abs().compareTo(PeerClocks.TOLERANCE) > 0) {
                correction = now;
                corrected.run();
            }
        } catch (RuntimeException e) {
            LOG.error("clock comparison failed", e);
        }
    }

    private void readPostgres() {
        long asked = System.nanoTime();
        var row = OneStatement.run(pool, "select clock_timestamp() at time zone 'UTC'")
                .await()
                .atMost(TIMEOUT)
                .iterator()
                .next();
        Duration half = Duration.ofNanos((System.nanoTime() - asked) / 2);
        clocks.observe(
                Peer.POSTGRES, row.getLocalDateTime(0).toInstant(ZoneOffset.UTC).plus(half));
    }

    private void report() {
        Map<Peer, Duration> far = far(clocks);
        if (!far.isEmpty() && !wrong) {
            LOG.warnf(
                    "clock differs from its peers' ahead=%s leasesJudgedBySeconds=%d",
                    text(far), -clocks.correction().toSeconds());
        } else if (far.isEmpty() && wrong) {
            LOG.info("clock agrees with its peers' again");
        }
        wrong = !far.isEmpty();
    }

    /** The peers from whose clock this one differs by more than a minute. */
    static Map<Peer, Duration> far(PeerClocks clocks) {
        Map<Peer, Duration> far = clocks.ahead();
        far.values().removeIf(ahead -> ahead.abs().compareTo(PeerClocks.TOLERANCE) <= 0);
        return far;
    }

    /** Such as {@code postgres=PT2H,sts=PT1H59M59S}. */
    static String text(Map<Peer, Duration> ahead) {
        return ahead.entrySet().stream()
                .map(one -> one.getKey().label() + "="
                        + Duration.ofSeconds(one.getValue().toSeconds()))
                .collect(Collectors.joining(","));
    }

    void close() {
        ScheduledExecutorService started = timer;
        if (started != null) {
            started.shutdownNow();
        }
    }
}
