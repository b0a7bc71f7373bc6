package io.mesosiam.backoff;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long one loop waits before its next attempt: between half and all of the delay that its failures in a row have reached, so that controllers which
 * failed together don't return together. Not for several threads at once.
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

    /** The wait after one more failure. */
    public Duration next() {
        long half = delay.toMillis() / 2;
        Duration wait = Duration.ofMillis(half + random.nextLong(half + 1));
        delay = delays.next(delay);
        return wait;
    }

    /** The next failure is the first in a row. */
    public void succeeded() {
        delay = delays.first();
    }
}
