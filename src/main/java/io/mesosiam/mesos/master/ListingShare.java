package io.mesosiam.mesos.master;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps the listings of a loop to a 21st of the time: each leaves the master 20 times its duration for others. One listing may
 * follow another at once, where a stream begins or ends; its rest is added to the next one. Not thread-safe.
 */
final class ListingShare {
    private final LongSupplier nanoTime;
    private Duration took = Duration.ZERO;

    /** When the rests of all listings so far are over. */
    private long restedNanos;

    /** @param nanoTime as {@link System#nanoTime}: a step of the clock must not count as the duration of a listing */
    ListingShare(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.restedNanos = nanoTime.getAsLong();
    }

    /** Records a listing that ends now. */
    void ended(long startedNanos) {
        long now = nanoTime.getAsLong();
        took = Duration.ofNanos(now - startedNanos);
        restedNanos = now + Math.max(0, restedNanos - now) + PollPace.rest(took).toNanos();
    }

    /** The duration of the last listing. */
    Duration took() {
        return took;
    }

    /** The time until the next listing may begin, however urgent it is; not positive if it may begin now. */
    Duration least() {
        return Duration.ofNanos(restedNanos - nanoTime.getAsLong()).minus(PollPace.rest(took));
    }
}
