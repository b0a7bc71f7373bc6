package io.mesosiam.pause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Doubling DELAYS = new Doubling(Duration.ofMillis(100), Duration.ofSeconds(5));

    @Test
    void delayDoublesWithEachConsecutiveFailureUpToTheLongest() {
        assertThat(IntStream.of(0, 1, 2, 6, 7, Integer.MAX_VALUE).mapToObj(DELAYS::after))
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(3200),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5));
        assertThat(DELAYS.next(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(200));
        assertThat(DELAYS.next(Duration.ofSeconds(4))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void waitIsBetweenHalfAndAllOfTheDelayAndIsResetBySuccess() {
        for (int seed = 0; seed < 100; seed++) {
            Backoff backoff = new Backoff(DELAYS, new Random(seed));
            for (int failures = 1; failures < 10; failures++) {
                assertThat(backoff.next()).isBetween(DELAYS.after(failures).dividedBy(2), DELAYS.after(failures));
            }
            backoff.succeeded();
            assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        }
    }

    @Test
    void withoutJitterTheWaitIsTheDelay() {
        Backoff backoff = new Backoff(DELAYS);

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.upcoming()).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
        backoff.succeeded();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void shrinkingDelaysAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Doubling(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Doubling(Duration.ZERO, Duration.ofSeconds(1)));
    }
}
