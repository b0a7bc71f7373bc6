package io.mesosiam.agent.link;

import io.mesosiam.pause.Doubling;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * For each controller, how often in a row the host did not stay with it: it claimed the host and sent no leases, or its
 * stream ended or it asked the host to move soon after. Each such claim costs the host the stream of another controller, so
 * the host returns to it less and less often, and moves more and more slowly if several controllers send it away in turn.
 * A long stay ends the count.
 */
final class ShortStays {
    private final Duration steady;
    private final Doubling returns;
    private final Doubling moves;
    private final Map<URI, Stays> byController = new HashMap<>();

    private record Stays(int number, Instant returnAt) {
        private static final Stays NONE = new Stays(0, Instant.MIN);
    }

    /** @param away the usual time between two tries to return, see {@link LinkTiming}: the other times are multiples of it */
    ShortStays(Duration away) {
        this.steady = away.multipliedBy(10);
        this.returns = new Doubling(away.multipliedBy(2), away.multipliedBy(8));
        this.moves = new Doubling(away.dividedBy(60), steady);
    }

    /**
     * Notes that the host is no longer with a controller.
     *
     * @param stay how long it was with it
     * @param jitter makes a wait differ between hosts
     */
    void add(URI controller, Duration stay, Instant now, UnaryOperator<Duration> jitter) {
        if (isLong(stay)) {
            byController.remove(controller);
        } else {
            int before = of(controller).number;
            Instant returnAt = before == 0 ? now : now.plus(jitter.apply(returns.after(before)));
            byController.put(controller, new Stays(before + 1, returnAt));
        }
    }

    /** Whether a stay ends the count. */
    boolean isLong(Duration stay) {
        return stay.compareTo(steady) >= 0;
    }

    /** Whether the last stay was short. */
    boolean wasShort(URI controller) {
        return of(controller).number > 0;
    }

    /** Whether the host may return to it by itself. */
    boolean mayReturn(URI controller, Instant now) {
        return !now.isBefore(of(controller).returnAt);
    }

    /** How long a host that this controller asks to move waits before it does. */
    Duration beforeMove(URI controller) {
        int number = of(controller).number;
        return number <= 1 ? Duration.ZERO : moves.after(number - 1);
    }

    private Stays of(URI controller) {
        return byController.getOrDefault(controller, Stays.NONE);
    }
}
