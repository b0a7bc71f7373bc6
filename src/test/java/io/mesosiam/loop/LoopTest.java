package io.mesosiam.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final Loop loop = new Loop("a-loop", Duration.ofMillis(1));

    @Test
    void failedTurnIsCountedAndFollowedByTheNext() {
        Deque<Loop.Turn> turns = new ArrayDeque<>(List.of(
                () -> {
                    throw new IllegalStateException("secret");
                },
                () -> {
                    throw new StackOverflowError();
                },
                () -> {
                    throw new NoClassDefFoundError();
                },
                () -> assertThat(loop.trouble()).contains("fails with java.lang.NoClassDefFoundError")));

        loop.run(() -> !turns.isEmpty(), () -> turns.removeFirst().run());

        assertThat(loop.failures()).isEqualTo(3);
        assertThat(loop.trouble()).isEmpty();
    }

    @Test
    void loopThatIsInterruptedBeforeItsEndHasEnded() {
        loop.run(() -> true, () -> {
            throw new InterruptedException();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(loop.trouble()).contains("ended");
    }

    @Test
    void failedScheduledTurnIsRepeated() {
        Deque<Integer> runs = new ArrayDeque<>();
        try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
            var _ = executor.scheduleWithFixedDelay(
                    loop.guard(() -> {
                        runs.add(1);
                        throw new AssertionError();
                    }),
                    0,
                    1,
                    TimeUnit.MILLISECONDS);

            Awaitility.await().until(() -> loop.failures() >= 3);
            executor.shutdownNow();
        }
        assertThat(runs.size()).isGreaterThanOrEqualTo(3);
    }
}
