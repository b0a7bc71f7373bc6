package io.mesosiam.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.turns.FourthTurn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * A token bucket of calls per second, with two queues: calls that a task waits for come before renewals, which have at least
 * every fourth turn, each in order of arrival. Without a share of theirs, running tasks would lose their sessions while new
 * ones need all calls. The class never blocks: {@link #grant()} returns when to call it again.
 *
 * <p>The rate adapts to STS: it is halved when STS throttles, at most once a second, and raised by a twentieth of the
 * full rate for each second without throttling.
 */
final class CallBudget {
    /** The amount of unused budget that is kept for a burst. */
    private static final Duration BURST = Duration.ofMillis(250);

    private static final Duration STEP = Duration.ofSeconds(1);
    /** A rate that always stays half of the full one would be no throttling to the alert. */
    private static final double SLOWEST_PART = 0.25;

    private static final double SLOWEST = 1;
    private static final double RAISE = 0.05;
    private static final double NANOS = 1e9;

    private final double full;
    private final InstantSource clock;

    @GuardedBy("this")
    private final Queue<Turn> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private final Queue<Turn> renewing = new ArrayDeque<>();

    @GuardedBy("this")
    private final FourthTurn turns = new FourthTurn();

    @GuardedBy("this")
    private double rate;

    @GuardedBy("this")
    private double tokens;

    @GuardedBy("this")
    private Instant filledAt;

    @GuardedBy("this")
    private Instant raisedAt;

    @GuardedBy("this")
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

    /**
     * A place in a queue; completes when a call may be made. Cancel it if the call is no longer needed; it then uses no
     * budget.
     */
    static final class Turn extends CompletableFuture<Boolean> {}

    synchronized Turn enter(boolean taskWaits) {
        Turn turn = new Turn();
        (taskWaits ? waiting : renewing).add(turn);
        return turn;
    }

    /**
     * Completes every turn for which there is budget.
     *
     * @return the time until the next turn; empty if none is queued
     */
    synchronized Optional<Duration> grant() {
        refill();
        for (Queue<Turn> queue = next(); !queue.isEmpty(); queue = next()) {
            if (tokens < 1) {
                return Optional.of(Duration.ofNanos((long) Math.ceil((1 - tokens) / rate * NANOS)));
            }
            if (queue.remove().complete(true)) {
                tokens--;
                turns.taken(queue == waiting, !renewing.isEmpty());
            }
        }
        return Optional.empty();
    }

    /** Returns the budget of a turn for which no call was made. */
    synchronized void refund() {
        tokens = Math.min(capacity(), tokens + 1);
    }

    /** The budget at this moment. */
    synchronized StsBudget state() {
        refill();
        return new StsBudget(
                tokens,
                rate / full,
                dropCancelled(waiting).size() + dropCancelled(renewing).size());
    }

    /** Records that STS throttles. */
    synchronized void throttled() {
        refill();
        Instant now = clock.instant();
        if (!now.isBefore(throttledAt.plus(STEP))) {
            throttledAt = now;
            raisedAt = now;
            rate = Math.max(Math.min(SLOWEST, full * SLOWEST_PART), rate / 2);
            tokens = Math.min(tokens, capacity());
        }
    }

    @GuardedBy("this")
    private void refill() {
        Instant now = clock.instant();
        if (now.isBefore(filledAt)) {
            // The clock was set back, so times recorded before are void.
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

    @GuardedBy("this")
    private Queue<Turn> next() {
        boolean isUrgent = turns.isUrgent(
                !dropCancelled(waiting).isEmpty(), !dropCancelled(renewing).isEmpty());
        return isUrgent ? waiting : renewing;
    }

    private static Queue<Turn> dropCancelled(Queue<Turn> queue) {
        for (Turn head = queue.peek(); head != null && head.isDone(); head = queue.peek()) {
            queue.remove();
        }
        return queue;
    }

    @GuardedBy("this")
    private double capacity() {
        return Math.max(1, rate * BURST.toNanos() / NANOS);
    }
}
