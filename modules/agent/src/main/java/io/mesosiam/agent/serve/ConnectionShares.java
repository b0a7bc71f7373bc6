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
 * Chooses the connections to end where more are open than may be. One after another is taken from the source that has the most left; of its
 * connections, the least used one ({@link Use}), and of those the one that is idle for the longest time. So a source loses nothing while another one has more than it, whatever the
 * other one does.
 */
final class ConnectionShares {
    /** What a connection is used for, least first. */
    enum Use {
        /** Nothing was received on it. */
        SILENT,
        /** A request is incomplete, or was answered. */
        WAITING,
        /** A request is being answered: that it is idle is not its caller's doing. */
        ANSWERING
    }

    /** One connection, and what it counts with. */
    record Held<T>(T connection, String source, Use use, Duration idle) {}

    private ConnectionShares() {}

    /**
     * Those to end.
     *
     * @param most how many may stay
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
