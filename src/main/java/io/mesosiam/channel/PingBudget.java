package io.mesosiam.channel;

import java.time.Duration;

/** How many pings the agent of one stream may send: one a second, and a minute's at once. Not thread-safe. */
final class PingBudget {
    static final Duration EACH = Duration.ofSeconds(1);

    /** An agent sends one every 10 s, and those of a minute at once after the controller was suspended. */
    static final int BURST = 60;

    /** When the pings so far are paid off, as {@link System#nanoTime}. */
    private long paidOff;

    /** @param now {@link System#nanoTime} */
    PingBudget(long now) {
        paidOff = now;
    }

    /**
     * Counts a ping.
     *
     * @param now {@link System#nanoTime}
     * @return false if it is one too many
     */
    boolean take(long now) {
        paidOff = (paidOff - now > 0 ? paidOff : now) + EACH.toNanos();
        return paidOff - now <= BURST * EACH.toNanos();
    }
}
