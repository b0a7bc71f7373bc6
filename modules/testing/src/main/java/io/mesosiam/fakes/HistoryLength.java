package io.mesosiam.fakes;

import java.time.Duration;

/**
 * How long tests play random histories. The system property {@code mesosiam.test.history-factor} multiplies their length or number (1 by
 * default); {@code mesosiam.test.history-seed} is the seed of the first (0 by default), so that another one plays other histories.
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

    /** A seed, counted from the first. */
    public static long seed(long number) {
        return Math.addExact(FIRST_SEED, number);
    }
}
