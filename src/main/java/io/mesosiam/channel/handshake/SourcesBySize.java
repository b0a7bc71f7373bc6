package io.mesosiam.channel.handshake;

import io.mesosiam.http.ConnectionSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * The sources by their number of connections: a flood comes from thousands of sources, and each of its connections needs the
 * largest. Not thread-safe.
 */
final class SourcesBySize {
    /** By size: the sources that have it, oldest entry first. */
    private final NavigableMap<Integer, SequencedSet<ConnectionSource>> bySize = new TreeMap<>();

    private final Map<ConnectionSource, Integer> sizes = new HashMap<>();

    /** A source of size 0 is forgotten. */
    void set(ConnectionSource source, int size) {
        Integer before = size == 0 ? sizes.remove(source) : sizes.put(source, size);
        if (before != null && before == size) {
            return;
        }
        if (before != null) {
            var _ = bySize.computeIfPresent(before, (_, sources) -> {
                sources.remove(source);
                return sources.isEmpty() ? null : sources;
            });
        }
        if (size > 0) {
            bySize.computeIfAbsent(size, _ -> new LinkedHashSet<>()).add(source);
        }
    }

    /**
     * The source with most connections; of several, the source that has had so many for longest.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    ConnectionSource largest() {
        return bySize.lastEntry().getValue().getFirst();
    }
}
