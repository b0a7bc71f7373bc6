package io.mesosiam.agent.link;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Asks that are pending, or wait to be sent on a stream: each once, and so many of all and of an outermost container. Thread-safe. */
final class BoundedAsks {
    /** A new stream queues all of them beside its first messages: fewer than {@link ControllerStream#MAX_WAITING}. */
    private static final int MAX_ASKS = ControllerStream.MAX_WAITING - 256;

    /** Of one outermost container and all nested in it: the controller reads a bounded number of a host's asks a second. */
    private static final int MAX_OF_OUTERMOST = 64;

    private final Set<Ask> asks = new HashSet<>();
    /** How many of them each outermost container has. */
    private final Map<String, Integer> ofOutermost = new HashMap<>();

    /** Adds an ask. Returns false if it is there already, or too many are, of all containers or of its outermost one. */
    synchronized boolean add(Ask ask) {
        String outermost = ContainerPath.outermost(ask.containerId());
        boolean added =
                asks.size() < MAX_ASKS && ofOutermost.getOrDefault(outermost, 0) < MAX_OF_OUTERMOST && asks.add(ask);
        if (added) {
            ofOutermost.merge(outermost, 1, Integer::sum);
        }
        return added;
    }

    synchronized void remove(Ask ask) {
        if (asks.remove(ask)) {
            ofOutermost.computeIfPresent(
                    ContainerPath.outermost(ask.containerId()), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
