package io.mesosiam.channel.handshake;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long a handshake has waited for its peer: since the last byte, and in all. Time in which this side
 * computes keys, or waits for a thread to do so, does not count.
 *
 * <p>Changed on the connection's event loop, read on any thread. Times are {@link System#nanoTime}.
 */
final class PeerTime {
    /** Time that a peer may be silent while other connections wait. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** Total time that the peer may take while other connections wait; limits a peer that sends one byte a second. */
    static final Duration TOTAL = Duration.ofMillis(1500);

    /** A peer that took this long is late if its handshake fails: one round trip to an agent takes less. */
    static final Duration LATE = Duration.ofMillis(300);

    private volatile State state = State.NOT_RUNNING;
    private @Nullable Executor loop;

    /**
     * @param computing unfinished tasks of this side
     * @param receivedAt when the last byte arrived, or when the peer's turn began if that was later
     * @param turnAt when the peer's last turn began
     * @param taken nanoseconds that the peer took in earlier turns
     */
    private record State(boolean running, int computing, long receivedAt, long turnAt, long taken) {
        static final State NOT_RUNNING = new State(false, 0, 0, 0, 0);

        State received(long now) {
            return new State(running, computing, now, turnAt, taken);
        }

        State computing(long now) {
            return new State(running, computing + 1, receivedAt, turnAt, computing == 0 ? taken + now - turnAt : taken);
        }

        State computed(long now) {
            return computing == 1
                    ? new State(running, 0, now, now, taken)
                    : new State(running, computing - 1, receivedAt, turnAt, taken);
        }

        Duration taken(long now) {
            return Duration.ofNanos(running ? taken + (computing == 0 ? now - turnAt : 0) : 0);
        }

        Optional<Duration> stall(long now) {
            if (!running || computing > 0) {
                return Optional.empty();
            }
            long silent = now - receivedAt - SILENCE.toNanos();
            long total = taken + now - turnAt - TOTAL.toNanos();
            long most = Math.max(silent, total);
            return most > 0 ? Optional.of(Duration.ofNanos(most)) : Optional.empty();
        }
    }

    /** The event loop of the connection. */
    void on(Executor eventLoop) {
        loop = eventLoop;
    }

    /** Starts the measurement. */
    void begin(long now) {
        state = new State(true, 0, now, now, 0);
    }

    /** Records that bytes of the peer arrived. */
    void received(long now) {
        state = state.received(now);
    }

    void end() {
        state = State.NOT_RUNNING;
    }

    /** Time by which the peer exceeds its limits; empty if it is within them. */
    Optional<Duration> stall(long now) {
        return state.stall(now);
    }

    /** Whether the peer has taken {@link #LATE} or longer for its part of the handshake. */
    boolean isLate(long now) {
        return state.taken(now).compareTo(LATE) >= 0;
    }

    /** Wraps an executor so that the time of its tasks is not counted as the peer's. */
    Executor excluding(Executor tasks) {
        return task -> {
            state = state.computing(System.nanoTime());
            tasks.execute(() -> {
                try {
                    task.run();
                } finally {
                    // queued behind the work that the task left to the event loop, which sends the answer
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
