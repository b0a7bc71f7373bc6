package io.mesosiam.lease.store;

import io.mesosiam.backoff.Doubling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Entries that are written in their order, a batch at a time. Not safe for threads: {@link BatchedJournal} has the lock. */
final class JournalLane {
    private static final int BATCH = 1000;
    private static final Doubling RETRIES = new Doubling(Duration.ofMillis(500), Duration.ofSeconds(15));

    private final Optional<JournalHold> hold;
    private final Instant since;
    private final Deque<QueuedEntry> entries = new ArrayDeque<>();
    private int limit = BATCH;
    private Duration retry = RETRIES.first();
    private long dueNanos = System.nanoTime();

    /**
     * @param hold why these entries wait apart; empty for the lane of all others
     * @param since when the lane was made
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

    /** The entries to write next. */
    List<QueuedEntry> batch() {
        return entries.stream().limit(limit).toList();
    }

    /** Removes the first entries, which a transaction has taken; the next batch may be larger. */
    void taken(int count) {
        for (int i = 0; i < count; i++) {
            var _ = entries.removeFirst();
        }
        limit = Math.min(BATCH, limit * 2);
    }

    /** Nothing holds the lane up any more: the next pause is the first again. */
    void resetPause() {
        retry = RETRIES.first();
    }

    /** The pause of the next {@link #postpone}. */
    Duration nextPause() {
        return retry;
    }

    /** Puts entries back in front. */
    void putBack(List<QueuedEntry> first) {
        new ArrayList<>(first).reversed().forEach(entries::addFirst);
    }

    /** The next batch is half as large as one of that size. */
    void halve(int size) {
        limit = Math.max(1, size / 2);
    }

    /** Waits before the next try, twice as long each time. */
    void postpone() {
        dueNanos = System.nanoTime() + retry.toNanos();
        retry = RETRIES.next(retry);
    }

    /** How long until the lane is due; zero or negative if it is. */
    long nanosUntilDue() {
        return dueNanos - System.nanoTime();
    }
}
