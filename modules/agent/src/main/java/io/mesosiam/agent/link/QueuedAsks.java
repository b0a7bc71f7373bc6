package io.mesosiam.agent.link;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The asks that wait to be sent on a stream: each once, and no more of an outermost container than may be pending. An ask is
 * made again after its time, also while the controller reads nothing, and a queue that is full ends the stream. Thread-safe.
 */
final class QueuedAsks {
    private final Set<Ask> asks = new HashSet<>();
    private final Map<String, Integer> ofOutermost = new HashMap<>();

    /** Whether the ask is to be queued: it is not, and there is room for it. */
    synchronized boolean add(Ask ask) {
        String outermost = ContainerPath.outermost(ask.containerId());
        boolean added = asks.size() < PendingAsks.MAX_ASKS
                && ofOutermost.getOrDefault(outermost, 0) < PendingAsks.MAX_OF_OUTERMOST
                && asks.add(ask);
        if (added) {
            ofOutermost.merge(outermost, 1, Integer::sum);
        }
        return added;
    }

    /** Notes that the ask waits no more. */
    synchronized void remove(Ask ask) {
        if (asks.remove(ask)) {
            ofOutermost.computeIfPresent(
                    ContainerPath.outermost(ask.containerId()), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
