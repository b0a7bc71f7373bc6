package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
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

    private final ConcurrentMap<Container, AtomicLong> fullAt = new ConcurrentHashMap<>();
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
        AtomicLong bucket = bucket(container, now);
        while (true) {
            long before = bucket.get();
            long after = (before - now > 0 ? before : now) + nanosPerAsk;
            if (after - now > SECOND) {
                return false;
            }
            if (bucket.compareAndSet(before, after)) {
                return true;
            }
        }
    }

    /** Buckets that are kept. */
    int size() {
        return fullAt.size();
    }

    private AtomicLong bucket(Container container, long now) {
        AtomicLong bucket = fullAt.get(container);
        if (bucket != null) {
            return bucket;
        }
        if (fullAt.size() >= KEPT) {
            fullAt.values().removeIf(at -> at.get() - now <= 0);
        }
        return fullAt.computeIfAbsent(container, c -> new AtomicLong(now));
    }
}
