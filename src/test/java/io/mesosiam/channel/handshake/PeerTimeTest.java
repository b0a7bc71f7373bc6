package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PeerTimeTest {
    /** {@link System#nanoTime} may be negative. */
    private static final long START = -Duration.ofSeconds(1).toNanos();

    private final PeerTime time = new PeerTime();

    private static long after(int millis) {
        return START + Duration.ofMillis(millis).toNanos();
    }

    @Test
    void handshakeThatDoesNotRunDoesNotStall() {
        assertThat(time.stall(after(60_000))).isEmpty();
        time.begin(START);
        time.end();
        assertThat(time.stall(after(60_000))).isEmpty();
    }

    @Test
    void peerMayBeSilentForASecond() {
        time.begin(START);

        assertThat(time.stall(after(1000))).isEmpty();
        assertThat(time.stall(after(1250))).contains(Duration.ofMillis(250));
    }

    @Test
    void receivedByteEndsTheSilence() {
        time.begin(START);
        time.received(after(900));

        assertThat(time.stall(after(1400))).isEmpty();
    }

    @Test
    void peerMayTakeASecondAndAHalfInTotal() {
        time.begin(START);
        time.received(after(900));
        time.received(after(1400));

        assertThat(time.stall(after(1500))).isEmpty();
        assertThat(time.stall(after(1600))).contains(Duration.ofMillis(100));
    }

    @Test
    void peerIsLateAfter300Milliseconds() {
        assertThat(time.isLate(after(9000))).as("before the handshake begins").isFalse();
        time.begin(START);
        time.received(after(250));

        assertThat(time.isLate(after(299))).isFalse();
        assertThat(time.isLate(after(300))).isTrue();
        time.end();
        assertThat(time.isLate(after(9000))).as("after its end").isFalse();
    }

    @Test
    void keyComputationDoesNotMakeThePeerLate() {
        Queue<Runnable> pool = new ArrayDeque<>();
        time.on(Runnable::run);
        long began = System.nanoTime();
        time.begin(began);
        time.excluding(pool::add).execute(() -> {});

        assertThat(time.isLate(began + Duration.ofMinutes(1).toNanos())).isFalse();
        pool.remove().run();
        assertThat(time.isLate(System.nanoTime() + PeerTime.LATE.toNanos())).isTrue();
    }

    @Test
    void keyComputationIsNoStallAndIsNotCountedForThePeer() {
        Queue<Runnable> pool = new ArrayDeque<>();
        Queue<Runnable> loop = new ArrayDeque<>();
        time.on(loop::add);
        long began = System.nanoTime();
        time.begin(began);
        time.excluding(pool::add).execute(() -> {});
        assertThat(time.stall(began + Duration.ofHours(1).toNanos())).isEmpty();

        pool.remove().run();
        assertThat(time.stall(began + Duration.ofHours(1).toNanos()))
                .as("before the event loop has sent the answer")
                .isEmpty();
        loop.remove().run();
        long computed = System.nanoTime();
        assertThat(time.stall(computed + PeerTime.SILENCE.minusMillis(1).toNanos()))
                .isEmpty();
        assertThat(time.stall(computed + PeerTime.SILENCE.plusMillis(1).toNanos()))
                .isPresent();
    }

    @Test
    void failedTaskEndsItsComputation() {
        Queue<Runnable> loop = new ArrayDeque<>();
        time.on(loop::add);
        time.begin(System.nanoTime());
        time.excluding(task -> {
                    try {
                        task.run();
                    } catch (IllegalStateException e) {
                        // like a thread of a pool
                    }
                })
                .execute(() -> {
                    throw new IllegalStateException("no key");
                });

        loop.remove().run();
        assertThat(time.stall(System.nanoTime() + Duration.ofSeconds(2).toNanos()))
                .isPresent();
    }

    @Test
    void computationThatOutlivesTheEventLoopEndsWithoutError() {
        time.on(task -> {
            throw new RejectedExecutionException("event executor terminated");
        });
        time.begin(System.nanoTime());

        assertThatCode(() -> time.excluding(Runnable::run).execute(() -> {})).doesNotThrowAnyException();
    }
}
