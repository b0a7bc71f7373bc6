package io.mesosiam.enrol.port;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.http.ConnectionSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many requests a source may make in a minute, and all sources in a second. Each may use its minute, or second, at once. At
 * most {@value #MAX_SOURCES} sources are remembered; the source whose last request is oldest is forgotten first. Times are {@link
 * System#nanoTime}.
 */
final class RequestBudget {
    static final int MAX_SOURCES = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final long refillOfSource;
    private final long refillOfAll;

    /** By source: when the requests so far are paid off. */
    @GuardedBy("this")
    private final Map<ConnectionSource, Long> paidOff = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ConnectionSource, Long> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    @GuardedBy("this")
    private long paidOffByAll = System.nanoTime();

    RequestBudget(int perMinute, int perSecond) {
        this.refillOfSource = MINUTE.dividedBy(perMinute).toNanos();
        this.refillOfAll = SECOND.dividedBy(perSecond).toNanos();
    }

    /**
     * Counts a request. A source that is over its own limit takes nothing of the common one.
     *
     * @return how long the source is to wait; empty if the request is within the limits
     */
    synchronized Optional<Duration> take(ConnectionSource source, long now) {
        long own = later(paidOff.getOrDefault(source, now), now) + refillOfSource;
        if (own - now > MINUTE.toNanos()) {
            return Optional.of(Duration.ofNanos(own - now - MINUTE.toNanos()));
        }
        long all = later(paidOffByAll, now) + refillOfAll;
        if (all - now > SECOND.toNanos()) {
            return Optional.of(Duration.ofNanos(all - now - SECOND.toNanos()));
        }
        paidOff.put(source, own);
        paidOffByAll = all;
        return Optional.empty();
    }

    synchronized int sources() {
        return paidOff.size();
    }

    private static long later(long time, long now) {
        return time - now > 0 ? time : now;
    }
}
