package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPaceTest {
    private static final int CONTAINERS = 100;
    private static final int BURST = 2_500;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void hostMayUseItsBurstAtOnceAndThenWaitsForEachUnit() {
        HostPace pace = new HostPace(CONTAINERS, 0);
        for (int i = 0; i < BURST; i++) {
            assertThat(pace.take(0, 0)).isZero();
        }

        assertThat(pace.take(0, 0)).isEqualTo(Duration.ofMillis(5));
        assertThat(pace.take(0, Duration.ofMillis(5).toNanos())).isEqualTo(Duration.ofMillis(5));
        assertThat(pace.take(0, Duration.ofSeconds(60).toNanos())).isZero();
    }

    @Test
    void longMessageTakesAUnitForEach768Bytes() {
        HostPace pace = new HostPace(CONTAINERS, 0);

        assertThat(pace.take(BURST * HostPace.BYTES, 0)).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void hostThatWasSilentSavesNothing() {
        HostPace pace = new HostPace(CONTAINERS, 0);

        assertThat(pace.take(BURST * HostPace.BYTES, Duration.ofDays(1).toNanos()))
                .isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void streamsAreOpenedAtOnceAndThenAtThePaceOfTheHost() {
        HostPace pace = new HostPace(CONTAINERS, 0);
        for (int i = 0; i < BURST / HostPace.UNITS_OF_STREAM; i++) {
            assertThat(pace.takeStream(0)).isTrue();
        }
        assertThat(pace.takeStream(0)).isTrue();

        assertThat(pace.takeStream(0)).isFalse();
        assertThat(pace.takeStream(Duration.ofMillis(499).toNanos())).isFalse();
        assertThat(pace.takeStream(Duration.ofMillis(500).toNanos())).isTrue();
    }

    @Test
    void helloOfAFullHostAndTheAcksOfAllItsLeasesNeedNoWait() {
        HostBounds bounds = new HostBounds(4_096);
        HostPace pace = new HostPace(bounds.containers(), 0);

        assertThat(pace.takeStream(0)).isTrue();
        assertThat(pace.take(bounds.longestFrame(), 0)).isZero();
        for (int i = 0; i < 4 * bounds.containers(); i++) {
            assertThat(pace.take(0, 0)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, -1_000, 3_600_000, -3_600_000})
    void certificateIsRequestedOnceASecondAlsoIfTheClockIsSet(long later) {
        HostPace pace = new HostPace(CONTAINERS, 0);

        assertThat(pace.takeRenewal(NOW)).isTrue();
        assertThat(pace.takeRenewal(NOW.plusMillis(999))).isFalse();
        assertThat(pace.takeRenewal(NOW.plusMillis(later))).isTrue();
    }
}
