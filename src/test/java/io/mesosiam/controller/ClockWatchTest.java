package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Tests with a real Postgres on this machine, which has the same clock. */
class ClockWatchTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger corrections = new AtomicInteger();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void clockTwoHoursAheadOfPostgresIsReportedMeasuredAndCorrected() {
        PeerClocks clocks = watched(Duration.ofHours(2));

        assertThat(clocks.correction()).isBetween(Duration.ofMinutes(119), Duration.ofMinutes(121));
        assertThat(corrections).hasValue(1);
        assertThat(ahead(Peer.POSTGRES)).isBetween(7140.0, 7260.0);
        assertThat(ahead(Peer.STS)).isNaN();
        HealthCheckResponse response = new ClockReadiness(clocks).call();
        assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(response.getData().orElseThrow().get("warning"))
                .asString()
                .contains("differ by more than a minute")
                .contains("postgres=PT");
    }

    @Test
    void clockThatAgreesCausesNoWarning() {
        PeerClocks clocks = watched(Duration.ZERO);

        assertThat(clocks.correction()).isZero();
        assertThat(corrections).hasValue(0);
        assertThat(ahead(Peer.POSTGRES)).isBetween(-60.0, 60.0);
        assertThat(new ClockReadiness(clocks).call().getData()).isEmpty();
    }

    private PeerClocks watched(Duration ahead) {
        InstantSource own = () -> InstantSource.system().instant().plus(ahead);
        PeerClocks clocks = new PeerClocks(own, System::nanoTime);
        ClockWatch watch = new ClockWatch(clocks, DB.pool(), meters);
        watch.start(corrections::incrementAndGet);
        watch.close();
        return clocks;
    }

    private double ahead(Peer peer) {
        return meters.get("mesosiam.clock.ahead")
                .tag("peer", peer.label())
                .gauge()
                .value();
    }
}
