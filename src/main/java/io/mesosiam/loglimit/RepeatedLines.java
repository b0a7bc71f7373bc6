package io.mesosiam.loglimit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Suppresses repeated log lines: of equal lines, the first is logged, then one in each period with the number of those
 * suppressed. A refused agent retries every second.
 */
public final class RepeatedLines {
    private static final int MAX_LINES = 10_000;

    private final Duration every;

    @GuardedBy("this")
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MAX_LINES;
        }
    };

    /**
     * Lines with one period.
     *
     * @param every the period
     */
    public RepeatedLines(Duration every) {
        this.every = every;
    }

    private record Line(Instant loggedAt, long suppressed) {}

    /**
     * Whether to log a line.
     *
     * @param line the key: lines with the same key are equal
     * @return the number of equal lines suppressed since the last one; empty if this one is suppressed too
     */
    public synchronized OptionalLong due(String line, Instant now) {
        Line last = lines.get(line);
        if (last != null && now.isBefore(last.loggedAt.plus(every)) && !now.isBefore(last.loggedAt)) {
            lines.put(line, new Line(last.loggedAt, last.suppressed + 1));
            return OptionalLong.empty();
        }
        lines.put(line, new Line(now, 0));
        return OptionalLong.of(last == null ? 0 : last.suppressed);
    }
}
