package io.mesosiam.agent.serve.http;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * A token bucket for each source, such as a container, that holds one second's worth of requests: a source may send that
 * many at once after a pause. A source that exceeds its rate delays only itself.
 *
 * <p>A bucket is stored as the time at which it would be full again (the <em>theoretical arrival time</em> of GCRA,
 * ITU-T I.371), so that a request is one compare-and-set. A source without a request in the last second has a full
 * bucket, which need not be stored.
 */
public final class AskRate<K> {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int KEPT = 1024;

    private final ConcurrentMap<K, Long> fullAt = new ConcurrentHashMap<>();
    private final long nanosPerAsk;
    private final LongSupplier nanoTime;

    /**
     * Creates a limit.
     *
     * @param perSecond 0 for no limit
     * @param nanoTime a monotonic clock such as {@link System#nanoTime}
     */
    public AskRate(int perSecond, LongSupplier nanoTime) {
        this.nanosPerAsk = perSecond == 0 ? 0 : SECOND / perSecond;
        this.nanoTime = nanoTime;
    }

    /** Takes one token from the source's bucket; false if it is empty. */
    public boolean admit(K source) {
        if (nanosPerAsk == 0) {
            return true;
        }
        long now = nanoTime.getAsLong();
        while (true) {
            Long before = fullAt.get(source);
            long after = (before != null && before - now > 0 ? before : now) + nanosPerAsk;
            if (after - now > SECOND) {
                return false;
            }
            if (before == null ? add(source, after, now) : fullAt.replace(source, before, after)) {
                return true;
            }
        }
    }

    /** The number of stored buckets. */
    int size() {
        return fullAt.size();
    }

    private boolean add(K source, long after, long now) {
        if (fullAt.size() >= KEPT) {
            fullAt.values().removeIf(at -> at - now <= 0);
        }
        return fullAt.putIfAbsent(source, after) == null;
    }
}
