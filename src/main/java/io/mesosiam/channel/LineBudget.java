package io.mesosiam.channel;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** How many lines are logged in a period, whatever they say; the first line of a later period has the number of those that were left out. */
final class LineBudget {
    private final int most;
    private final Duration period;
    private Instant end = Instant.MIN;
    private int logged;
    private long leftOut;

    /**
     * @param most lines in one period
     * @param period begins with its first line
     */
    LineBudget(int most, Duration period) {
        this.most = most;
        this.period = period;
    }

    /**
     * Whether to log a line.
     *
     * @return how many were left out since the last that was logged; empty if this one is left out too
     */
    synchronized OptionalLong take(Instant now) {
        // a clock that is set back begins a period
        if (!now.isBefore(end) || now.isBefore(end.minus(period))) {
            end = now.plus(period);
            logged = 0;
        }
        if (logged >= most) {
            leftOut++;
            return OptionalLong.empty();
        }
        logged++;
        long before = leftOut;
        leftOut = 0;
        return OptionalLong.of(before);
    }
}
