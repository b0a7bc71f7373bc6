package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PartsStopTest {
    private final CountDownLatch zeroed = new CountDownLatch(1);

    @Test
    void failingPartDoesNotPreventTheOthersStop() {
        PartsStop.stop(
                List.of(
                        () -> {
                            throw new StackOverflowError("thrown by the test");
                        },
                        () -> {
                            throw new IllegalStateException("thrown by the test");
                        },
                        zeroed::countDown),
                Duration.ofMinutes(1));

        assertThat(zeroed.getCount()).isZero();
    }

    @Test
    void interruptedThreadWaitsForEachPartAndStaysInterrupted() {
        Thread stopping = Thread.currentThread();
        List<String> done = new CopyOnWriteArrayList<>();
        stopping.interrupt();
        PartsStop.stop(
                List.of(
                        () -> {
                            while (stopping.isInterrupted() || stopping.getState() != Thread.State.TIMED_WAITING) {
                                LockSupport.parkNanos(1_000_000);
                            }
                            done.add("a");
                        },
                        () -> done.add("b")),
                TimeLimit.seconds(20));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void hangingPartDoesNotPreventTheOthersStop() {
        CountDownLatch never = new CountDownLatch(1);
        PartsStop.stop(List.of(never::await, zeroed::countDown), TimeLimit.seconds(1));

        assertThat(zeroed.getCount()).isZero();
        never.countDown();
    }
}
