package io.mesosiam.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;

/**
 * How fast the agent of one host may send, over all its streams: each stream makes a claim in the database, each message takes the
 * lock of the leases, and each request for a certificate a transaction. Thread-safe.
 */
final class HostPace {
    /** Units a second. A host that starts and ends 20 containers a second, with a lease each, takes 80. */
    static final int UNITS = 200;

    /** Units of a container: it is in a hello with a lease, and has the acks of four. */
    static final int UNITS_OF_CONTAINER = 5;

    /** Units of a stream, for its claim. */
    static final int UNITS_OF_STREAM = 100;

    /** Streams that a host may open at once, whatever else it sends. */
    private static final int STREAMS = 20;

    /** A message is one unit, and a further one for each of these bytes. */
    static final int BYTES = 768;

    /** An agent asks for a certificate again after a minute at the earliest. */
    static final Duration RENEWAL = Duration.ofSeconds(1);

    private static final long NANOS_PER_UNIT = Duration.ofSeconds(1).toNanos() / UNITS;

    /** When the messages so far are paid off, as {@link System#nanoTime}. */
    @GuardedBy("this")
    private long paidOff;

    @GuardedBy("this")
    private Instant lastRenewal = Instant.MIN;

    /** In nanoseconds. */
    private final long burst;

    /**
     * @param containers that the host may run: so many hellos and acks it may send at once
     * @param now {@link System#nanoTime}
     */
    HostPace(int containers, long now) {
        burst = burst(containers) * NANOS_PER_UNIT;
        paidOff = now;
    }

    /** Units that a host may take at once. */
    static long burst(int containers) {
        return (long) containers * UNITS_OF_CONTAINER + STREAMS * UNITS_OF_STREAM;
    }

    /** Counts a stream. {@return false, and counts nothing, if the host is to open none now} */
    synchronized boolean takeStream(long now) {
        if (paidOff - now > burst) {
            return false;
        }
        add(UNITS_OF_STREAM, now);
        return true;
    }

    /**
     * Counts a message.
     *
     * @param now {@link System#nanoTime}
     * @return how long the next message is to wait; zero within the limits
     */
    synchronized Duration take(int bytes, long now) {
        add(1 + bytes / BYTES, now);
        return Duration.ofNanos(Math.max(0, paidOff - now - burst));
    }

    @GuardedBy("this")
    private void add(int units, long now) {
        long from = paidOff - now > 0 ? paidOff : now;
        paidOff = from + units * NANOS_PER_UNIT;
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
