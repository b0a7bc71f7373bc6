package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class BoundedStopTest {
    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void stepsRunInTheirOrder() {
        var _ = stop().then("a", () -> done.add("a")).then("b", () -> done.add("b"));

        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void otherStepsRunAfterAFailedOne() {
        var _ = stop().then("exception", () -> {
                    throw new IllegalStateException("secret");
                })
                .then("checked", () -> {
                    throw new IOException();
                })
                .then("error", () -> {
                    throw new NoClassDefFoundError();
                })
                .then("last", () -> done.add("last"));

        assertThat(done).containsExactly("last");
    }

    @Test
    void stepIsAbandonedAfterItsLimitAndTheTotalIsBounded() {
        CountDownLatch never = new CountDownLatch(1);
        long begun = System.nanoTime();
        BoundedStop stop = new BoundedStop(Duration.ofMillis(600), Duration.ofMillis(400));
        for (int i = 0; i < 3; i++) {
            stop = stop.then("stuck", () -> {
                while (never.getCount() > 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }
        var _ = stop.then("last", () -> done.add("last"));
        never.countDown();

        assertThat(done).containsExactly("last");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TimeLimit.seconds(4));
    }

    @Test
    void stepsRunInTheirOrderIfNoThreadCanBeStarted() {
        var _ = new BoundedStop(TimeLimit.seconds(20), TimeLimit.seconds(10), _ -> {
                    throw new OutOfMemoryError("thrown by the test");
                })
                .then("a", () -> done.add("a"))
                .then("failing", () -> {
                    throw new IllegalStateException("thrown by the test");
                })
                .then("b", () -> done.add("b"));

        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void interruptedThreadWaitsForEachStepAndStaysInterrupted() {
        Thread stopping = Thread.currentThread();
        stopping.interrupt();
        var _ = stop().then("a", () -> {
                    awaitWaiting(stopping);
                    done.add("a");
                    stopping.interrupt();
                    awaitWaiting(stopping);
                    done.add("still a");
                })
                .then("b", () -> done.add("b"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("a", "still a", "b");
    }

    /** Waits until the thread waits again for the step that calls this. */
    private static void awaitWaiting(Thread thread) {
        while (thread.isInterrupted() || thread.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void stepInTheStoppingThreadIsNotInterrupted() {
        Thread.currentThread().interrupt();
        var _ = new BoundedStop(TimeLimit.seconds(20), TimeLimit.seconds(10), _ -> {
                    throw new OutOfMemoryError("thrown by the test");
                })
                .then(
                        "a",
                        () -> done.add("interrupted=" + Thread.currentThread().isInterrupted()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("interrupted=false");
    }

    private static BoundedStop stop() {
        return new BoundedStop(TimeLimit.seconds(20), TimeLimit.seconds(10));
    }
}
