package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailedSignInsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static final int PER_MINUTE = 10;
    private static final int AT_ONCE = 2 * PER_MINUTE;

    private final FailedSignIns failures = new FailedSignIns(PER_MINUTE);

    @Test
    void addressWaitsAfterTheBurst() {
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(failures.failed("192.0.2.1", NOW)).isEmpty();
        }

        assertThat(failures.failed("192.0.2.1", NOW)).contains(Duration.ofSeconds(6));
        assertThat(failures.failed("192.0.2.2", NOW)).isEmpty();
    }

    @Test
    void waitingAddressMayTryAgainAfterTheStatedTime() {
        for (int i = 0; i <= AT_ONCE; i++) {
            var _ = failures.failed("192.0.2.1", NOW);
        }

        assertThat(failures.failed("192.0.2.1", NOW.plusSeconds(5))).contains(Duration.ofSeconds(1));
        assertThat(failures.failed("192.0.2.1", NOW.plusSeconds(6))).isEmpty();
        assertThat(failures.failed("192.0.2.1", NOW.plusSeconds(6))).isPresent();
    }

    @Test
    void addressesOfOneIpv6NetworkCountTogether() {
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(failures.failed("2001:db8:0:1::" + i, NOW)).isEmpty();
        }

        assertThat(failures.failed("2001:db8:0:1:ffff::1", NOW)).isPresent();
        assertThat(failures.failed("2001:db8:0:2::1", NOW)).isEmpty();
    }

    @Test
    void manyFailuresAMinuteAreAcceptedWhereTheSettingSaysSo() {
        FailedSignIns lenient = new FailedSignIns(100_000);
        for (int i = 0; i < 200_000; i++) {
            assertThat(lenient.failed("192.0.2.1", NOW)).isEmpty();
        }

        assertThat(lenient.failed("192.0.2.1", NOW)).isPresent();
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < FailedSignIns.MAX_ADDRESSES + 100; i++) {
            var _ = failures.failed("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), NOW);
        }

        assertThat(failures.size()).isEqualTo(FailedSignIns.MAX_ADDRESSES);
    }
}
