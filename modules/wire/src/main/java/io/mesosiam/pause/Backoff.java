package io.mesosiam.pause;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delays of one loop before its next attempt. Each delay is random, between half and all of the delay for the
 * number of consecutive failures, so that controllers that failed together do not retry together. Not thread-safe.
 */
public final class Backoff {
    private final Doubling delays;
    private final RandomGenerator random;
    private Duration delay;

    public Backoff(Doubling delays, RandomGenerator random) {
        this.delays = delays;
        this.random = random;
        this.delay = delays.first();
    }

    /**
     * Records a failure.
     *
     * @return the delay before the next attempt
     */
    public Duration next() {
        long half = delay.toMillis() / 2;
        Duration wait = Duration.ofMillis(half + random.nextLong(half + 1));
        delay = delays.next(delay);
        return wait;
    }

    /** Resets the delays: the next failure counts as the first. */
    public void succeeded() {
        delay = delays.first();
    }
}
