package io.mesosiam.api.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
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

    /** After so long without a stream, nothing is kept: the policies of the last comparison can be as large as those in force. */
    static final Duration UNUSED = Duration.ofMinutes(2);

    private final Source<K, V> source;
    private final LongSupplier nanoTime;
    private final Kept kept;

    @GuardedBy("this")
    private Optional<Map<K, V>> state = Optional.empty();

    @GuardedBy("this")
    private long comparedAt;

    @GuardedBy("this")
    private long usedAt;

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

        /** Nothing uses the objects now: what is kept of them can be forgotten. */
        default void forget() {
            // most sources keep nothing
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

    /**
     * Changes that follow each other.
     *
     * @param more whether there are further ones now
     */
    record Changes<V>(List<Change<V>> changes, boolean more) {
        Changes {
            changes = List.copyOf(changes);
        }
    }

    /** The keys of all objects at one version. A stream that is read slowly keeps them, and not the objects of its start. */
    record Snapshot<K>(long version, List<K> keys) {
        Snapshot {
            keys = List.copyOf(keys);
        }
    }

    Feed(Source<K, V> source, LongSupplier nanoTime, Kept kept) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.kept = kept;
    }

    /** The keys of all objects as of now. */
    synchronized Snapshot<K> snapshot() {
        usedAt = nanoTime.getAsLong();
        compare();
        return new Snapshot<>(version, List.copyOf(state.orElseGet(Map::of).keySet()));
    }

    /**
     * An object as of the last comparison, which can be later than a snapshot: the changes after the snapshot lead to it, too.
     *
     * @return empty if it is no longer there
     */
    synchronized Optional<V> object(K key) {
        usedAt = nanoTime.getAsLong();
        return state.flatMap(objects -> Optional.ofNullable(objects.get(key)));
    }

    /**
     * The changes after a version, the oldest first.
     *
     * @param most how many at most
     * @param size their {@link Source#size} together at most, but at least one change
     * @return empty if some of them are no longer kept, or the version is none of this feed
     */
    synchronized Optional<Changes<V>> after(long seen, int most, long size) {
        usedAt = nanoTime.getAsLong();
        if (state.isEmpty() || nanoTime.getAsLong() - comparedAt >= EVERY.toNanos()) {
            compare();
        }
        if (seen > version || version - seen > changes.size()) {
            return Optional.empty();
        }
        List<Change<V>> next = new ArrayList<>();
        long sum = 0;
        Iterator<Sized<V>> rest =
                changes.stream().skip(changes.size() - (version - seen)).iterator();
        while (rest.hasNext()) {
            Sized<V> change = rest.next();
            sum += change.size();
            if (next.size() == most || (sum > size && !next.isEmpty())) {
                return Optional.of(new Changes<>(next, true));
            }
            next.add(change.change());
        }
        return Optional.of(new Changes<>(next, false));
    }

    /** Forgets all objects and changes unless a stream has used them lately. A stream that resumes later gets all objects. */
    synchronized void forgetUnused() {
        if (state.isPresent() && nanoTime.getAsLong() - usedAt > UNUSED.toNanos()) {
            state = Optional.empty();
            changes.clear();
            size = 0;
            version++;
            source.forget();
        }
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
