package io.mesosiam.api.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The changes of a set of objects, numbered from 1. It compares the present set with the one before when a stream asks for
 * changes; between two comparisons an object can change several times, which is one change. The last changes
 * are kept. Thread-safe.
 */
final class Feed<K, V> {
    /** At most one comparison in this time, however many streams there are. */
    static final Duration EVERY = Duration.ofMillis(500);

    private final Source<K, V> source;
    private final LongSupplier nanoTime;
    private final Kept kept;

    @GuardedBy("this")
    private Optional<Map<K, V>> state = Optional.empty();

    @GuardedBy("this")
    private long comparedAt;

    /** The number of the newest change. */
    @GuardedBy("this")
    private long version;

    @GuardedBy("this")
    private final Deque<Sized<V>> changes = new ArrayDeque<>();

    /** The size of the changes that are kept. */
    @GuardedBy("this")
    private long size;

    /**
     * What is kept: the newest changes.
     *
     * @param changes how many at most
     * @param size their {@link Source#size} together at most, but the newest change is always kept
     */
    record Kept(int changes, long size) {
        /** 10,000 changes, and a 64th of the heap: an object takes several times its JSON text in memory. */
        static Kept ofHeap() {
            return new Kept(10_000, Runtime.getRuntime().maxMemory() / 64);
        }
    }

    private record Sized<V>(Change<V> change, long size) {}

    /** Where the objects come from. */
    interface Source<K, V> {
        /** The present objects: a map that never changes. */
        Map<K, V> now();

        /** What a change of an object is. */
        Difference difference(V before, V after);

        /** The last known form of an object that is no longer there. */
        V last(K key, V known);

        /** The length of an object's JSON; 0 for objects of which {@link Kept#changes} are never much memory. */
        default long size(V object) {
            return 0;
        }
    }

    /** How two forms of an object differ. */
    enum Difference {
        NONE,
        CHANGED,
        /** For a caller it is another object, such as a policy that moved to another namespace. */
        REPLACED
    }

    /** The kind of a change. */
    enum Kind {
        ADDED,
        CHANGED,
        REMOVED
    }

    record Change<V>(long version, Kind kind, V object) {}

    /** All objects at one version. */
    record Snapshot<V>(long version, List<V> objects) {}

    Feed(Source<K, V> source, LongSupplier nanoTime, Kept kept) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.kept = kept;
    }

    /** All objects as of now. */
    synchronized Snapshot<V> snapshot() {
        compare();
        return new Snapshot<>(version, List.copyOf(state.orElseGet(Map::of).values()));
    }

    /**
     * The changes after a version, the oldest first.
     *
     * @return empty if some of them are no longer kept, or the version is none of this feed
     */
    synchronized Optional<List<Change<V>>> after(long seen, int most) {
        if (state.isEmpty() || nanoTime.getAsLong() - comparedAt >= EVERY.toNanos()) {
            compare();
        }
        if (seen > version || version - seen > changes.size()) {
            return Optional.empty();
        }
        return Optional.of(changes.stream()
                .skip(changes.size() - (version - seen))
                .limit(most)
                .map(Sized::change)
                .toList());
    }

    @GuardedBy("this")
    private void compare() {
        comparedAt = nanoTime.getAsLong();
        Map<K, V> next = source.now();
        Map<K, V> before = state.orElse(next);
        state = Optional.of(next);
        if (before == next) {
            return;
        }
        before.forEach((key, known) -> {
            if (!next.containsKey(key)) {
                add(Kind.REMOVED, source.last(key, known));
            }
        });
        next.forEach((key, now) -> {
            V known = before.get(key);
            if (known == null) {
                add(Kind.ADDED, now);
            } else if (known != now) {
                differ(known, now);
            }
        });
    }

    @GuardedBy("this")
    private void differ(V known, V now) {
        switch (source.difference(known, now)) {
            case NONE -> {}
            case CHANGED -> add(Kind.CHANGED, now);
            case REPLACED -> {
                add(Kind.REMOVED, known);
                add(Kind.ADDED, now);
            }
        }
    }

    @GuardedBy("this")
    private void add(Kind kind, V object) {
        Sized<V> added = new Sized<>(new Change<>(++version, kind, object), source.size(object));
        changes.addLast(added);
        size += added.size();
        while (changes.size() > kept.changes() || (size > kept.size() && changes.size() > 1)) {
            size -= changes.removeFirst().size();
        }
    }
}
