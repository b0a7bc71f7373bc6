package io.mesosiam.sts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * A token bucket of calls a second, with two queues before it: tasks that wait go before renewals in good time, each in
 * order of arrival. Nothing here waits: {@link #grant()} says when to come again.
 *
 * <p>The rate follows what STS says: halved when it throttles (once a second at most), and raised by a twentieth of the
 * full rate for each second in which it doesn't.
 */
final class CallBudget {
    /** How much may be saved up for a burst. */
    private static final Duration BURST = Duration.ofMillis(250);

    private static final Duration STEP = Duration.ofSeconds(1);
    private static final double SLOWEST = 1;
    private static final double RAISE = 0.05;
    private static final double NANOS = 1e9;

    private final double full;
    private final InstantSource clock;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private final Queue<Turn> renewing = new ArrayDeque<>();
    private double rate;
    private double tokens;
    private Instant filledAt;
    private Instant raisedAt;
    private Instant throttledAt = Instant.EPOCH;

    CallBudget(int callsPerSecond, InstantSource clock) {
        if (callsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "mesos-iam.sts.calls-per-second must be at least 1, is " + callsPerSecond);
        }
        this.full = callsPerSecond;
        this.clock = clock;
        this.rate = callsPerSecond;
        this.tokens = capacity();
        this.filledAt = clock.instant();
        this.raisedAt = filledAt;
    }

    /** A place in a queue, done when its turn comes. Whoever no longer needs it cancels it; then it costs nothing. */
    static final class Turn extends CompletableFuture<Boolean> {}

    synchronized Turn enter(boolean taskWaits) {
        Turn turn = new Turn();
        (taskWaits ? waiting : renewing).add(turn);
        return turn;
    }

    /**
     * Completes every turn that has come.
     *
     * @return how long until the next one comes; empty if nobody is queued
     */
    synchronized Optional<Duration> grant() {
        refill();
        for (Queue<Turn> queue = next(); !queue.isEmpty(); queue = next()) {
            if (tokens < 1) {
                return Optional.of(Duration.ofNanos((long) Math.ceil((1 - tokens) / rate * NANOS)));
            }
            if (queue.remove().complete(true)) {
                tokens--;
            }
        }
        return Optional.empty();
    }

    /** Gives back a turn that no call was made with. */
    synchronized void refund() {
        tokens = Math.min(capacity(), tokens + 1);
    }

    /** STS said that it is too much. */
    synchronized void throttled() {
        refill();
        Instant now = clock.instant();
        if (!now.isBefore(throttledAt.plus(STEP))) {
            throttledAt = now;
            raisedAt = now;
            rate = Math.max(SLOWEST, rate / 2);
            tokens = Math.min(tokens, capacity());
        }
    }

    private void refill() {
        Instant now = clock.instant();
        if (now.isBefore(filledAt)) {
            // the clock stepped back: times by the former one are void
            raisedAt = now;
            throttledAt = Instant.EPOCH;
        }
        tokens = Math.min(
                capacity(), tokens + Math.max(0, Duration.between(filledAt, now).toNanos()) / NANOS * rate);
        filledAt = now;
        long steps = Math.max(0, Duration.between(raisedAt, now).dividedBy(STEP));
        rate = Math.min(full, rate + steps * RAISE * full);
        raisedAt = raisedAt.plus(STEP.multipliedBy(steps));
    }

    private Queue<Turn> next() {
        return dropCancelled(waiting).isEmpty() ? dropCancelled(renewing) : waiting;
    }

    private static Queue<Turn> dropCancelled(Queue<Turn> queue) {
        for (Turn head = queue.peek(); head != null && head.isDone(); head = queue.peek()) {
            queue.remove();
        }
        return queue;
    }

    private double capacity() {
        return Math.max(1, rate * BURST.toNanos() / NANOS);
    }
}
