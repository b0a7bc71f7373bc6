package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.CallerSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * The open connections by source, and which of them is closed when too many are open: one of the source that has the
 * most. A source therefore loses nothing while another one has more than it, whatever the other one does.
 *
 * <p>Of that source, a connection without a request is closed first, the oldest one, since its caller loses nothing by
 * it; then the oldest one whose request is incomplete; otherwise the newest one. A source may be several
 * containers: connections on which nothing is sent cost only the container that opens them. A source that is one
 * container may have {@code 1/}{@value #SHARE_OF_WAITING} of the connections without a complete request: bytes that
 * arrive on all of them at once are read before another container's. Callers whose container
 * the kernel doesn't report are one source together, which may have {@code 1/}{@value #SHARE_OF_UNKNOWN} of the
 * connections.
 *
 * <p>Not thread-safe.
 */
final class Connections<C extends Connections.Held> {
    private static final int SHARE_OF_UNKNOWN = 8;
    private static final int SHARE_OF_WAITING = 4;
    static final String UNKNOWN = "callers that are not known";

    /** One connection. */
    interface Held {
        /** Whether its last request was answered and no other has begun. */
        boolean isIdle();

        /** Whether a request has arrived and its answer was not sent yet. */
        boolean isAnswering();
    }

    private final int most;
    private final int mostUnknown;
    private final int mostWaiting;
    private final Map<C, String> sources = new HashMap<>();

    /** The connections of each source, the oldest first. */
    private final Map<String, SequencedSet<C>> bySource = new HashMap<>();

    /** @param most the number that may be open */
    Connections(int most) {
        this.most = most;
        this.mostUnknown = Math.max(1, most / SHARE_OF_UNKNOWN);
        this.mostWaiting = Math.max(1, most / SHARE_OF_WAITING);
    }

    static String name(CallerSource source) {
        return source.exact() ? source.name() : UNKNOWN;
    }

    /** Counts a connection for a source, and no longer for another one. */
    void put(C connection, String source) {
        String before = sources.put(connection, source);
        if (before != null && !before.equals(source)) {
            leave(connection, before);
        }
        bySource.computeIfAbsent(source, _ -> new LinkedHashSet<>()).add(connection);
    }

    void remove(C connection) {
        String source = sources.remove(connection);
        if (source != null) {
            leave(connection, source);
        }
    }

    private void leave(C connection, String source) {
        bySource.computeIfPresent(source, (_, held) -> {
            held.remove(connection);
            return held.isEmpty() ? null : held;
        });
    }

    int open() {
        return sources.size();
    }

    List<C> all() {
        return List.copyOf(sources.keySet());
    }

    /** The source for which a connection counts; empty if the connection is not open. */
    Optional<String> source(C connection) {
        return Optional.ofNullable(sources.get(connection));
    }

    /**
     * The connection to close if too many are open.
     *
     * @param newest the connection that was opened last
     * @param ofContainer whether its source is one container
     */
    Optional<C> excess(C newest, boolean ofContainer) {
        SequencedSet<C> unknown = bySource.get(UNKNOWN);
        if (unknown != null && unknown.size() > mostUnknown) {
            return Optional.of(leastUsed(unknown));
        }
        if (open() > most) {
            return Optional.of(ofLargest(newest));
        }
        SequencedSet<C> own = bySource.get(sources.getOrDefault(newest, UNKNOWN));
        return ofContainer && own != null && own.size() > mostWaiting && waiting(own) > mostWaiting
                ? firstToClose(List.of(own))
                : Optional.empty();
    }

    private static <C extends Held> long waiting(SequencedSet<C> held) {
        return held.stream().filter(one -> !one.isAnswering()).count();
    }

    private C ofLargest(C newest) {
        List<SequencedSet<C>> largest = new ArrayList<>();
        int size = 0;
        for (SequencedSet<C> held : bySource.values()) {
            if (held.size() > size) {
                size = held.size();
                largest.clear();
            }
            if (held.size() == size) {
                largest.add(held);
            }
        }
        return firstToClose(largest)
                .orElseGet(() -> largest.stream().anyMatch(held -> held.contains(newest))
                        ? newest
                        : largest.getFirst().getLast());
    }

    private static <C extends Held> C leastUsed(SequencedSet<C> held) {
        return firstToClose(List.of(held)).orElseGet(held::getLast);
    }

    /** The oldest connection without a request, else the oldest one whose request is incomplete. */
    private static <C extends Held> Optional<C> firstToClose(List<SequencedSet<C>> held) {
        return all(held).filter(Held::isIdle).findFirst().or(() -> all(held)
                .filter(one -> !one.isAnswering())
                .findFirst());
    }

    private static <C> Stream<C> all(List<SequencedSet<C>> held) {
        return held.stream().flatMap(SequencedSet::stream);
    }
}
