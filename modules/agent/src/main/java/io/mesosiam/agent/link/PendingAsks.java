package io.mesosiam.agent.link;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The asks of this host that a controller has not had time to answer. An ask is pending for a fixed time, in which it is
 * not sent twice on one stream. {@link ControllerLink}'s lock guards it.
 */
final class PendingAsks {
    /** A new stream queues all of them beside its first messages: fewer than {@link ControllerStream#MAX_WAITING}. */
    static final int MAX_ASKS = ControllerStream.MAX_WAITING - 256;

    /** Of one outermost container and all nested in it: the controller reads a bounded number of a host's asks a second. */
    static final int MAX_OF_OUTERMOST = 64;

    private final Duration pending;
    /** The time of each ask: when it was sent, or when it was made if there was no stream. In the order of the asks. */
    private final Map<Ask, Instant> asks = new LinkedHashMap<>();
    /** How many of them each outermost container has. */
    private final Map<String, Integer> ofOutermost = new HashMap<>();

    PendingAsks(Duration pending) {
        this.pending = pending;
    }

    /** Adds an ask. Returns false if it is pending already, or too many are, of all containers or of its outermost one. */
    boolean add(Ask ask, Instant now) {
        dropOld(now);
        String outermost = ContainerPath.outermost(ask.containerId());
        if (asks.size() >= MAX_ASKS
                || ofOutermost.getOrDefault(outermost, 0) >= MAX_OF_OUTERMOST
                || asks.putIfAbsent(ask, now) != null) {
            return false;
        }
        ofOutermost.merge(outermost, 1, Integer::sum);
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
            ofOutermost.computeIfPresent(
                    ContainerPath.outermost(ask.getKey().containerId()), (_, count) -> count == 1 ? null : count - 1);
            oldest.remove();
        }
    }
}
