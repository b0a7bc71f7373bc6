package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * A token bucket for each container that holds one second's worth of requests: a container may send that many at once
 * after a pause. A container that exceeds its rate delays only itself.
 *
 * <p>A bucket is stored as the time at which it would be full again (the <em>theoretical arrival time</em> of GCRA,
 * ITU-T I.371), so that a request is one compare-and-set. A container without a request in the last second has a full
 * bucket, which need not be stored.
 */
final class AskRate {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int KEPT = 1024;

    private final ConcurrentMap<Container, Long> fullAt = new ConcurrentHashMap<>();
    private final long nanosPerAsk;
    private final LongSupplier nanoTime;

    /**
     * Creates a limit.
     *
     * @param perSecond 0 for no limit
     * @param nanoTime a monotonic clock such as {@link System#nanoTime}
     */
    AskRate(int perSecond, LongSupplier nanoTime) {
        this.nanosPerAsk = perSecond == 0 ? 0 : SECOND / perSecond;
        this.nanoTime = nanoTime;
    }

    /** Takes one token from the container's bucket; false if it is empty. */
    boolean admit(Container container) {
        if (nanosPerAsk == 0) {
            return true;
        }
        long now = nanoTime.getAsLong();
        while (true) {
            Long before = fullAt.get(container);
            long after = (before != null && before - now > 0 ? before : now) + nanosPerAsk;
            if (after - now > SECOND) {
                return false;
            }
            if (before == null ? add(container, after, now) : fullAt.replace(container, before, after)) {
                return true;
            }
        }
    }

    /** The number of stored buckets. */
    int size() {
        return fullAt.size();
    }

    private boolean add(Container container, long after, long now) {
        if (fullAt.size() >= KEPT) {
            fullAt.values().removeIf(at -> at - now <= 0);
        }
        return fullAt.putIfAbsent(container, after) == null;
    }
}
