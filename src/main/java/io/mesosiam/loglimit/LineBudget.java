package io.mesosiam.loglimit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Limits the log lines in a period, whatever their text. The first line of a later period has the number of omitted
 * lines.
 */
public final class LineBudget {
    private final int most;
    private final Duration period;

    @GuardedBy("this")
    private Instant end = Instant.MIN;

    @GuardedBy("this")
    private int logged;

    @GuardedBy("this")
    private long leftOut;

    /**
     * A budget that no line has used.
     *
     * @param most maximum number of lines in one period
     * @param period starts with its first line
     */
    public LineBudget(int most, Duration period) {
        this.most = most;
        this.period = period;
    }

    /**
     * Whether to log a line.
     *
     * @return the number of lines omitted since the last logged one; empty if this line is omitted too
     */
    public synchronized OptionalLong take(Instant now) {
        // A clock that is set back starts a new period.
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
