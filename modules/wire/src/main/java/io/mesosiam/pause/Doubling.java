package io.mesosiam.pause;

import java.time.Duration;

/** Delays that double with each consecutive failure, from the first to the longest. They have no jitter. */
public record Doubling(Duration first, Duration longest) {
    public Doubling {
        if (!first.isPositive() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("delays must be positive and grow: " + first + " to " + longest);
        }
    }

    /** Returns the delay after so many consecutive failures, from 1. */
    public Duration after(int failures) {
        Duration delay = first;
        for (int i = 1; i < failures && delay.compareTo(longest) < 0; i++) {
            delay = next(delay);
        }
        return delay;
    }

    /** Returns the delay that follows {@code delay}. */
    public Duration next(Duration delay) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(longest) < 0 ? twice : longest;
    }
}
