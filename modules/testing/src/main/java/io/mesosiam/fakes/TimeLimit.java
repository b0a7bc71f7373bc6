package io.mesosiam.fakes;

import java.time.Duration;

/**
 * How long a test waits for something that will happen before it fails. All such limits scale with one factor, the system property {@code
 * mesosiam.test.time-factor} (the build sets it, 3 by default): a loaded machine needs a larger one. A limit costs a passing test nothing.
 */
public final class TimeLimit {
    private static final double FACTOR = Double.parseDouble(System.getProperty("mesosiam.test.time-factor", "3"));

    private TimeLimit() {}

    /**
     * A time limit, scaled.
     *
     * @param usual what suffices on an idle machine
     */
    public static Duration of(Duration usual) {
        return Duration.ofMillis((long) (usual.toMillis() * FACTOR));
    }

    /**
     * A time limit, scaled.
     *
     * @param usual what suffices on an idle machine, in seconds
     */
    public static Duration seconds(long usual) {
        return of(Duration.ofSeconds(usual));
    }

    /**
     * A time limit in milliseconds, as socket options want it, scaled.
     *
     * @param usual what suffices on an idle machine, in milliseconds
     */
    public static int millis(long usual) {
        return Math.toIntExact(of(Duration.ofMillis(usual)).toMillis());
    }
}
