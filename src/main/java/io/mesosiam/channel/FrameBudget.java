package io.mesosiam.channel;

import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;

/**
 * How many WebSocket frames that cost more than they carry the agent of one stream may send: two a second, and a minute's at once. These are
 * pings, pongs, and short parts of a message that isn't complete: messages themselves count in {@link HostPace}. Not thread-safe.
 */
final class FrameBudget {
    static final Duration EACH = Duration.ofMillis(500);

    /**
     * An agent sends a ping every 10 s, and a pong for each ping of the controller, at most one a second. Those of a minute come at once after
     * the controller was suspended.
     */
    static final int BURST = 120;

    /** Bytes from which a part of a message isn't short. The agent's client cuts a message into parts of 16 KiB, of which the last is final. */
    private static final int LONG_PART = 1024;

    /** When the frames so far are paid off, as {@link System#nanoTime}. */
    private long paidOff;

    /** @param now {@link System#nanoTime} */
    FrameBudget(long now) {
        paidOff = now;
    }

    /** Whether a frame takes from the budget. */
    static boolean counts(WebSocketFrame frame) {
        return switch (frame.type()) {
            case PING, PONG -> true;
            case TEXT, BINARY, CONTINUATION ->
                !frame.isFinal() && frame.binaryData().length() < LONG_PART;
            case CLOSE -> false;
        };
    }

    /**
     * Counts a frame.
     *
     * @param now {@link System#nanoTime}
     * @return false if it is one too many
     */
    boolean take(long now) {
        paidOff = (paidOff - now > 0 ? paidOff : now) + EACH.toNanos();
        return paidOff - now <= BURST * EACH.toNanos();
    }
}
