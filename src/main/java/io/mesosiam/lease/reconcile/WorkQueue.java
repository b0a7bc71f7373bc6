package io.mesosiam.lease.reconcile;

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
 * Which keys are to be looked at, and when. A key is in work once at most; a mark meanwhile causes one more run; of
 * several marks that wait, the earliest counts. Urgent keys that are due go before all others that are.
 *
 * <p>The time is an argument, so a queue behaves the same whenever it is asked the same. For one thread at a time.
 */
final class WorkQueue<K> {
    private final IntFunction<Duration> backoff;
    private final Map<K, Entry<K>> entries = new HashMap<>();
    private final NavigableSet<Entry<K>> urgent = new TreeSet<>(Entry.order());
    private final NavigableSet<Entry<K>> routine = new TreeSet<>(Entry.order());
    private long ticket;
    private int failing;

    /** @param backoff how long a key waits after its nth failure in a row, from 1 */
    WorkQueue(IntFunction<Duration> backoff) {
        this.backoff = backoff;
    }

    /**
     * One key's standing.
     *
     * @param due when it is to run; while it is in work, when it is to run again
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

    /** Look at the key at that moment, or earlier if it is marked so. */
    void mark(K key, Instant due, boolean hurry) {
        Entry<K> before = entries.getOrDefault(key, new Entry<>(key, Optional.empty(), false, false, 0, 0));
        put(before, before.marked(due, hurry, ++ticket));
    }

    /** Takes the next key that is due; it is in work until {@link #done} or {@link #failed}. */
    Optional<K> next(Instant now) {
        return Stream.of(urgent, routine)
                .filter(queue ->
                        !queue.isEmpty() && !queue.first().due().orElseThrow().isAfter(now))
                .map(NavigableSet::first)
                .findFirst()
                .map(entry -> {
                    put(entry, new Entry<>(entry.key, Optional.empty(), false, true, entry.failures, 0));
                    return entry.key;
                });
    }

    /** The key's run is over and was good. */
    void done(K key) {
        leave(key, 0);
    }

    /** The key's run went wrong: it comes again after a while, or earlier if it is marked. */
    void failed(K key, Instant now) {
        int failures = leave(key, failuresOf(key) + 1);
        mark(key, now.plus(backoff.apply(failures)), false);
    }

    /** When the next key is due. */
    Optional<Instant> nextDue() {
        return Stream.of(urgent, routine)
                .filter(queue -> !queue.isEmpty())
                .map(queue -> queue.first().due().orElseThrow())
                .min(Comparator.naturalOrder());
    }

    /** How many keys wait or are in work. */
    int size() {
        return entries.size();
    }

    /** How many keys failed in their last run. */
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
