package io.mesosiam.channel;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How long a handshake has waited for its peer: since the last byte, and in all. The time in which this end computes keys
 * or waits for a thread to do so doesn't count.
 *
 * <p>Changed on the connection's event loop, read on any thread. Times are {@link System#nanoTime}.
 */
final class PeerTime {
    /** How long a peer may send nothing while others wait. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** How much of the handshake's time the peer may take while others wait: it would otherwise send a byte a second. */
    static final Duration TOTAL = Duration.ofMillis(1500);

    /** A peer that took as long is late if its handshake fails: one round trip to an agent takes less. */
    static final Duration LATE = Duration.ofMillis(300);

    private volatile State state = State.NOT_RUNNING;
    private @Nullable Executor loop;

    /**
     * @param computing tasks of this end that have not ended
     * @param heardAt when the last byte came, or when it was the peer's turn if that was later
     * @param turnAt when it was last the peer's turn
     * @param taken nanoseconds that the peer took in earlier turns
     */
    private record State(boolean running, int computing, long heardAt, long turnAt, long taken) {
        static final State NOT_RUNNING = new State(false, 0, 0, 0, 0);

        State heard(long now) {
            return new State(running, computing, now, turnAt, taken);
        }

        State computing(long now) {
            return new State(running, computing + 1, heardAt, turnAt, computing == 0 ? taken + now - turnAt : taken);
        }

        State computed(long now) {
            return computing == 1
                    ? new State(running, 0, now, now, taken)
                    : new State(running, computing - 1, heardAt, turnAt, taken);
        }

        Duration taken(long now) {
            return Duration.ofNanos(running ? taken + (computing == 0 ? now - turnAt : 0) : 0);
        }

        Optional<Duration> stall(long now) {
            if (!running || computing > 0) {
                return Optional.empty();
            }
            long silent = now - heardAt - SILENCE.toNanos();
            long total = taken + now - turnAt - TOTAL.toNanos();
            long most = Math.max(silent, total);
            return most > 0 ? Optional.of(Duration.ofNanos(most)) : Optional.empty();
        }
    }

    /** The event loop of the connection. */
    void on(Executor eventLoop) {
        loop = eventLoop;
    }

    /** The handshake begins to run. */
    void begin(long now) {
        state = new State(true, 0, now, now, 0);
    }

    /** Bytes of the peer have come. */
    void heard(long now) {
        state = state.heard(now);
    }

    void end() {
        state = State.NOT_RUNNING;
    }

    /** How much longer than it may the peer has let the handshake wait; empty if it hasn't. */
    Optional<Duration> stall(long now) {
        return state.stall(now);
    }

    /** Whether the peer has taken {@link #LATE} or longer for its part of the handshake. */
    boolean isLate(long now) {
        return state.taken(now).compareTo(LATE) >= 0;
    }

    /** The same executor; the time that its tasks take is this end's. */
    Executor excluding(Executor tasks) {
        return task -> {
            state = state.computing(System.nanoTime());
            tasks.execute(() -> {
                try {
                    task.run();
                } finally {
                    // after what the task has left to the event loop: the answer is sent by then
                    computedOnLoop();
                }
            });
        };
    }

    private void computedOnLoop() {
        try {
            Optional.ofNullable(loop).orElseThrow().execute(() -> state = state.computed(System.nanoTime()));
        } catch (RejectedExecutionException e) {
            // the event loop has ended, and the connection with it
        }
    }
}
