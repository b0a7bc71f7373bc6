package io.mesosiam.mesos;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next try: hardly at all the first time, then doubling to half a minute, with jitter. */
final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long MAX_MILLIS = 30_000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The wait, between half and all of the step that has been reached. */
    Duration next() {
        long wait = millis / 2 + random.nextLong(millis / 2 + 1);
        millis = Math.min(MAX_MILLIS, millis * 2);
        return Duration.ofMillis(wait);
    }

    void succeeded() {
        millis = FIRST_MILLIS;
    }
}
