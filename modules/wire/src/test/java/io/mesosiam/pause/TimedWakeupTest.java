package io.mesosiam.pause;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TimedWakeupTest {
    private final Wakeup wakeup = new TimedWakeup();

    @Test
    void waitEndsAfterItsTime() throws InterruptedException {
        long begun = System.nanoTime();

        wakeup.await(Duration.ofMillis(20));

        assertThat(System.nanoTime() - begun)
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }

    @Test
    void wakeBeforeTheWaitEndsIt() throws InterruptedException {
        wakeup.wake();

        wakeup.await(Duration.ofDays(365_000_000_000L));
    }

    @Test
    void severalWakesEndOneWait() throws InterruptedException {
        wakeup.wake();
        wakeup.wake();
        wakeup.await(Duration.ofHours(1));
        long begun = System.nanoTime();

        wakeup.await(Duration.ofMillis(20));

        assertThat(System.nanoTime() - begun)
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }
}
