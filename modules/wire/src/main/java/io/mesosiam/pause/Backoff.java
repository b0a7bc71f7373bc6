package io.mesosiam.pause;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** The delays of one loop before its next attempt. They grow with each consecutive failure. Not thread-safe. */
public final class Backoff {
    private final Doubling delays;
    private final UnaryOperator<Duration> jitter;
    private Duration delay;

    private Backoff(Doubling delays, UnaryOperator<Duration> jitter) {
        this.delays = delays;
        this.jitter = jitter;
        this.delay = delays.first();
    }

    /**
     * Creates delays with jitter: each is random, between half and all of the delay for the number of consecutive
     * failures, so that programs that failed together do not retry together.
     */
    public Backoff(Doubling delays, RandomGenerator random) {
        this(delays, delay -> {
            long half = delay.toMillis() / 2;
            return Duration.ofMillis(half + random.nextLong(half + 1));
        });
    }

    /** Creates delays without jitter. */
    public Backoff(Doubling delays) {
        this(delays, UnaryOperator.identity());
    }

    /**
     * Records a failure.
     *
     * @return the delay before the next attempt
     */
    public Duration next() {
        Duration wait = jitter.apply(delay);
        delay = delays.next(delay);
        return wait;
    }

    /** The delay after the next failure, without jitter. */
    public Duration upcoming() {
        return delay;
    }

    /** Resets the delays: the next failure counts as the first. */
    public void succeeded() {
        delay = delays.first();
    }
}
