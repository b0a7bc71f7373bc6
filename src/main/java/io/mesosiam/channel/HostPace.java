package io.mesosiam.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;

/**
 * How fast the agent of one host may send, over all its streams: each message takes the lock of the leases, and each request for
 * a certificate a transaction. Thread-safe.
 */
final class HostPace {
    /** Units a second. A host that starts and ends 20 containers a second, with a lease each, takes 80. */
    static final int UNITS = 200;

    /** Units that a host may take at once: a hello, and the acks of all its leases. */
    static final int BURST = 10_000;

    /** A message is one unit, and a further one for each of these bytes. */
    static final int BYTES = 512;

    /** An agent asks for a certificate again after a minute at the earliest. */
    static final Duration RENEWAL = Duration.ofSeconds(1);

    private static final long NANOS_PER_UNIT = Duration.ofSeconds(1).toNanos() / UNITS;

    /** When the messages so far are paid off, as {@link System#nanoTime}. */
    @GuardedBy("this")
    private long paidOff;

    @GuardedBy("this")
    private Instant lastRenewal = Instant.MIN;

    /** @param now {@link System#nanoTime} */
    HostPace(long now) {
        paidOff = now;
    }

    /**
     * Counts a message.
     *
     * @param now {@link System#nanoTime}
     * @return how long the next message is to wait; zero within the limits
     */
    synchronized Duration take(int bytes, long now) {
        long from = paidOff - now > 0 ? paidOff : now;
        paidOff = from + (1 + bytes / BYTES) * NANOS_PER_UNIT;
        return Duration.ofNanos(Math.max(0, paidOff - now - BURST * NANOS_PER_UNIT));
    }

    /** Counts a request for a certificate. {@return false if it comes within {@link #RENEWAL} of the one before} */
    synchronized boolean takeRenewal(Instant now) {
        // a clock that is set back does not stop renewals
        if (Duration.between(lastRenewal, now).abs().compareTo(RENEWAL) < 0) {
            return false;
        }
        lastRenewal = now;
        return true;
    }
}
