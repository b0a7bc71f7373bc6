package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The asks of this host that a controller has not had time to answer. An ask is pending for a fixed time, in which it is
 * not sent twice on one stream. {@link ControllerLink}'s lock guards it.
 */
final class PendingAsks {
    private final Duration pending;
    /** The time of each ask: when it was sent, or when it was made if there was no stream. In the order of the asks. */
    private final Map<Ask, Instant> asks = new LinkedHashMap<>();

    private final BoundedAsks bounded = new BoundedAsks();

    PendingAsks(Duration pending) {
        this.pending = pending;
    }

    /** Adds an ask. Returns false if it is pending already, or too many are, of all containers or of its outermost one. */
    boolean add(Ask ask, Instant now) {
        dropOld(now);
        if (!bounded.add(ask)) {
            return false;
        }
        asks.put(ask, now);
        return true;
    }

    List<Ask> at(Instant now) {
        dropOld(now);
        return List.copyOf(asks.keySet());
    }

    private void dropOld(Instant now) {
        Instant old = now.minus(pending);
        Iterator<Map.Entry<Ask, Instant>> oldest = asks.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Ask, Instant> ask = oldest.next();
            if (!ask.getValue().isBefore(old)) {
                return;
            }
            bounded.remove(ask.getKey());
            oldest.remove();
        }
    }
}
