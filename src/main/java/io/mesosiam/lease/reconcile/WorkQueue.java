package io.mesosiam.lease.reconcile;

import io.mesosiam.turns.FourthTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys to process, and when. A key is processed by one run at a time. A mark during a run causes one more run; of
 * several pending marks, the earliest counts. Due urgent keys come before other due keys, which have at least every fourth
 * turn: renewals and changes of policies don't wait without end behind keys that are marked again all the time.
 *
 * <p>The time is an argument, so the queue is deterministic. Not thread-safe.
 */
final class WorkQueue<K> {
    private final IntFunction<Duration> backoff;
    private final Map<K, Entry<K>> entries = new HashMap<>();
    private final NavigableSet<Entry<K>> urgent = new TreeSet<>(Entry.order());
    private final NavigableSet<Entry<K>> routine = new TreeSet<>(Entry.order());
    private long ticket;
    private int failing;
    private final FourthTurn turns = new FourthTurn();

    /** @param backoff delay after a key's nth consecutive failure, from 1 */
    WorkQueue(IntFunction<Duration> backoff) {
        this.backoff = backoff;
    }

    /**
     * The state of one key.
     *
     * @param due when to run the key; while it is in work, when to run it again
     * @param ticket breaks ties in the order of marking
     */
    private record Entry<K>(K key, Optional<Instant> due, boolean urgent, boolean inWork, int failures, long ticket) {
        static <K> Comparator<Entry<K>> order() {
            return Comparator.<Entry<K>, Instant>comparing(entry -> entry.due.orElseThrow())
                    .thenComparingLong(Entry::ticket);
        }

        Entry<K> marked(Instant at, boolean hurry, long withTicket) {
            boolean earlier = due.isEmpty() || at.isBefore(due.get());
            return new Entry<>(
                    key,
                    earlier ? Optional.of(at) : due,
                    (due.isPresent() && urgent) || hurry,
                    inWork,
                    failures,
                    earlier ? withTicket : ticket);
        }
    }

    /** Schedules the key for that moment, or earlier if it is already marked for an earlier one. */
    void mark(K key, Instant due, boolean hurry) {
        Entry<K> before = entries.getOrDefault(key, new Entry<>(key, Optional.empty(), false, false, 0, 0));
        put(before, before.marked(due, hurry, ++ticket));
    }

    /** Removes the mark of a key that is due, because the key is processed now, outside the queue. Marks after a failure stay. */
    void fulfil(K key, Instant now) {
        Entry<K> entry = entries.get(key);
        if (entry != null
                && !entry.inWork
                && entry.failures == 0
                && !entry.due.orElseThrow().isAfter(now)) {
            line(entry).remove(entry);
            entries.remove(key);
        }
    }

    /** Takes the next key that is due. It is in work until {@link #done} or {@link #failed}. */
    Optional<K> next(Instant now) {
        boolean isRoutineDue = isDue(routine, now);
        boolean isUrgent = turns.isUrgent(isUrgent(now), isRoutineDue);
        return Optional.of(isUrgent ? urgent : routine)
                .filter(line -> isDue(line, now))
                .map(NavigableSet::first)
                .map(entry -> {
                    turns.taken(isUrgent, isRoutineDue);
                    put(entry, new Entry<>(entry.key, Optional.empty(), false, true, entry.failures, 0));
                    return entry.key;
                });
    }

    /** Whether an urgent key is due. */
    boolean isUrgent(Instant now) {
        return isDue(urgent, now);
    }

    private boolean isDue(NavigableSet<Entry<K>> line, Instant now) {
        return !line.isEmpty() && !line.first().due().orElseThrow().isAfter(now);
    }

    /** Ends the key's run as successful. */
    void done(K key) {
        leave(key, 0);
    }

    /** Ends the key's run as failed. The key is due again after its backoff, or earlier if it is marked. */
    void failed(K key, Instant now) {
        int failures = leave(key, failuresOf(key) + 1);
        mark(key, now.plus(backoff.apply(failures)), false);
    }

    /** When the next key is due. */
    Optional<Instant> nextDue() {
        return earlier(firstDue(urgent), firstDue(routine));
    }

    private static <K> Optional<Instant> firstDue(NavigableSet<Entry<K>> line) {
        return line.isEmpty() ? Optional.empty() : line.first().due();
    }

    /** The earlier one of two moments that may not be set. */
    static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || (other.isPresent() && other.get().isBefore(one.get())) ? other : one;
    }

    /** Number of keys that are due and wait for their run. */
    int due(Instant now) {
        return Stream.of(urgent, routine)
                .mapToInt(queue -> (int) queue.stream()
                        .takeWhile(entry -> !entry.due().orElseThrow().isAfter(now))
                        .count())
                .sum();
    }

    /** Number of keys that wait or are in work. */
    int size() {
        return entries.size();
    }

    /** Number of keys whose last run failed. */
    int failing() {
        return failing;
    }

    private int failuresOf(K key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::failures).orElse(0);
    }

    private int leave(K key, int failures) {
        Entry<K> entry = entries.get(key);
        if (entry == null || !entry.inWork) {
            throw new IllegalStateException("not in work: " + key);
        }
        if (entry.due.isEmpty() && failures == 0) {
            count(entries.remove(key), -1);
        } else {
            put(entry, new Entry<>(key, entry.due, entry.urgent, false, failures, entry.ticket));
        }
        return failures;
    }

    private void put(Entry<K> before, Entry<K> after) {
        if (before.due.isPresent() && !before.inWork) {
            line(before).remove(before);
        }
        count(entries.put(after.key, after), -1);
        count(after, 1);
        if (after.due.isPresent() && !after.inWork) {
            line(after).add(after);
        }
    }

    private void count(@Nullable Entry<K> entry, int change) {
        if (entry != null && entry.failures > 0) {
            failing += change;
        }
    }

    private NavigableSet<Entry<K>> line(Entry<K> entry) {
        return entry.urgent ? urgent : routine;
    }
}
