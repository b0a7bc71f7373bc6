package io.mesosiam.lease.store;

import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Entries that are written in order, in batches. Not thread-safe: {@link JournalBacklog} holds the lock. */
final class JournalLane {
    private static final int BATCH = 1000;
    private static final Doubling PAUSES = new Doubling(Duration.ofMillis(500), Duration.ofSeconds(15));

    private final Optional<JournalHold> hold;
    private final Instant since;
    private final Deque<QueuedEntry> entries = new ArrayDeque<>();
    private final Backoff backoff = new Backoff(PAUSES);
    private int limit = BATCH;
    private long dueNanos = System.nanoTime();

    /**
     * @param hold why these entries wait separately; empty for the main lane
     * @param since when the lane was created
     */
    JournalLane(Optional<JournalHold> hold, Instant since) {
        this.hold = hold;
        this.since = since;
    }

    Optional<JournalHold> hold() {
        return hold;
    }

    Instant since() {
        return since;
    }

    Deque<QueuedEntry> entries() {
        return entries;
    }

    /** The entries of the next batch. */
    List<QueuedEntry> batch() {
        return entries.stream().limit(limit).toList();
    }

    /** Removes the first entries, which a transaction has written. The next batch may be larger. */
    void taken(int count) {
        for (int i = 0; i < count; i++) {
            var _ = entries.removeFirst();
        }
        limit = Math.min(BATCH, limit * 2);
    }

    /** Resets the pause to its first value, because nothing blocks the lane any more. */
    void resetPause() {
        backoff.succeeded();
    }

    /** The duration of the next {@link #postpone}. */
    Duration nextPause() {
        return backoff.upcoming();
    }

    /** Puts entries back at the front. */
    void putBack(List<QueuedEntry> first) {
        new ArrayList<>(first).reversed().forEach(entries::addFirst);
    }

    /** Limits the next batch to half of {@code size}. */
    void halve(int size) {
        limit = Math.max(1, size / 2);
    }

    /** Waits before the next attempt, twice as long each time. */
    void postpone() {
        dueNanos = System.nanoTime() + backoff.next().toNanos();
    }

    /** Time until the lane is due, in nanoseconds; zero or negative if it is due. */
    long nanosUntilDue() {
        return dueNanos - System.nanoTime();
    }
}
