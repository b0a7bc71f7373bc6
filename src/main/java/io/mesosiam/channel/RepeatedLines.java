package io.mesosiam.channel;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Decides which of many equal lines are logged: the first, and then one in a period with the number of those in between. An agent that is
 * refused comes again every second.
 */
final class RepeatedLines {
    private static final int MAX_LINES = 10_000;

    private final Duration every;
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MAX_LINES;
        }
    };

    /** @param every the period */
    RepeatedLines(Duration every) {
        this.every = every;
    }

    private record Line(Instant loggedAt, long suppressed) {}

    /**
     * Whether to log a line.
     *
     * @param line what makes two lines equal
     * @return how many equal ones were left out since the last; empty if this one is left out too
     */
    synchronized OptionalLong due(String line, Instant now) {
        Line last = lines.get(line);
        if (last != null && now.isBefore(last.loggedAt.plus(every)) && !now.isBefore(last.loggedAt)) {
            lines.put(line, new Line(last.loggedAt, last.suppressed + 1));
            return OptionalLong.empty();
        }
        lines.put(line, new Line(now, 0));
        return OptionalLong.of(last == null ? 0 : last.suppressed);
    }
}
