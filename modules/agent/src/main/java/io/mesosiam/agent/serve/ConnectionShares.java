package io.mesosiam.agent.serve;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Chooses the connections to close when too many are open. It repeatedly takes one from the source that has the most
 * left: the least used one ({@link Use}), and of those the longest idle one. So a source loses nothing while another
 * one has more than it, whatever the other one does.
 */
final class ConnectionShares {
    /** The use of a connection, in ascending order. */
    enum Use {
        /** Nothing was received on it. */
        SILENT,
        /** A request is incomplete, or was answered. */
        WAITING,
        /** A request is being answered, so its idleness is not caused by its caller. */
        ANSWERING
    }

    /** One connection, and the source for which it counts. */
    record Held<T>(T connection, String source, Use use, Duration idle) {}

    private ConnectionShares() {}

    /**
     * The connections to close.
     *
     * @param most the number that may remain
     */
    static <T> List<Held<T>> beyond(List<Held<T>> open, int most) {
        PriorityQueue<Deque<Held<T>>> bySize = new PriorityQueue<>(ConnectionShares::largestFirst);
        bySize.addAll(bySource(open));
        List<Held<T>> ended = new ArrayList<>();
        while (open.size() - ended.size() > most) {
            Deque<Held<T>> largest = bySize.remove();
            ended.add(largest.removeFirst());
            if (!largest.isEmpty()) {
                bySize.add(largest);
            }
        }
        return ended;
    }

    private static <T> List<Deque<Held<T>>> bySource(List<Held<T>> open) {
        Map<String, Deque<Held<T>>> sources = new LinkedHashMap<>();
        open.stream().sorted(ConnectionShares::leastUsedFirst).forEach(held -> sources.computeIfAbsent(
                        held.source(), first -> new ArrayDeque<>())
                .add(held));
        return List.copyOf(sources.values());
    }

    private static <T> int leastUsedFirst(Held<T> one, Held<T> other) {
        int byUse = one.use().compareTo(other.use());
        return byUse != 0 ? byUse : other.idle().compareTo(one.idle());
    }

    private static <T> int largestFirst(Deque<Held<T>> one, Deque<Held<T>> other) {
        int bySize = Integer.compare(other.size(), one.size());
        return bySize != 0 ? bySize : leastUsedFirst(one.getFirst(), other.getFirst());
    }
}
