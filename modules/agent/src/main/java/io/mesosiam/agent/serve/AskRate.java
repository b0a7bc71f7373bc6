package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * A token bucket for each container, a second deep: so many asks a second, at once if it asked nothing before. One that asks too
 * often slows down only itself.
 *
 * <p>A bucket is the time at which it would be full again (the <em>theoretical arrival time</em> of GCRA, ITU-T I.371), so that an
 * ask is one compare-and-set. Whoever hasn't asked for a second has a full bucket, which needs no keeping.
 */
final class AskRate {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int KEPT = 1024;

    private final ConcurrentMap<Container, Long> fullAt = new ConcurrentHashMap<>();
    private final long nanosPerAsk;
    private final LongSupplier nanoTime;

    /**
     * @param perSecond 0 for no limit
     * @param nanoTime as {@link System#nanoTime}
     */
    AskRate(int perSecond, LongSupplier nanoTime) {
        this.nanosPerAsk = perSecond == 0 ? 0 : SECOND / perSecond;
        this.nanoTime = nanoTime;
    }

    /** Takes one from the container's bucket; false if it is empty. */
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

    /** Buckets that are kept. */
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
