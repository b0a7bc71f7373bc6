package io.mesosiam.fakes;

import java.time.Duration;

/**
 * Length of random test histories. The system property {@code mesosiam.test.history-factor} multiplies their length or
 * number (default 1); {@code mesosiam.test.history-seed} is the first seed (default 0), to play other histories.
 */
public final class HistoryLength {
    private static final int FACTOR = Integer.getInteger("mesosiam.test.history-factor", 1);
    private static final long FIRST_SEED = Long.getLong("mesosiam.test.history-seed", 0);

    private HistoryLength() {}

    /** A number of steps or of histories, multiplied. */
    public static int steps(int usual) {
        return Math.multiplyExact(usual, FACTOR);
    }

    /** A duration, multiplied. */
    public static Duration of(Duration usual) {
        return usual.multipliedBy(FACTOR);
    }

    /** A seed, as an offset from the first. */
    public static long seed(long number) {
        return Math.addExact(FIRST_SEED, number);
    }
}
