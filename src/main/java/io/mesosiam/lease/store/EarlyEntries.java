package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Entries under a claim of this controller whose answer has not arrived. Each entry waits for that answer. Not
 * thread-safe: {@link JournalBacklog} holds the lock.
 */
final class EarlyEntries {
    private final List<QueuedEntry> entries = new ArrayList<>();
    private long claims;

    /** Number of claims that were answered. */
    long claims() {
        return claims;
    }

    int size() {
        return entries.size();
    }

    /** The entry that has waited longest; empty if none waits. */
    Optional<QueuedEntry> oldest() {
        return entries.stream().min(Comparator.comparingLong(QueuedEntry::sinceNanos));
    }

    /**
     * Records the answer to a claim of the host.
     *
     * @return the host's entries in order, which no longer wait here
     */
    List<QueuedEntry> claimed(MesosAgentId host) {
        claims++;
        List<QueuedEntry> due =
                entries.stream().filter(entry -> entry.host().equals(host)).toList();
        boolean _ = entries.removeIf(entry -> entry.host().equals(host));
        return due;
    }

    /**
     * Keeps the entries that a transaction found too early, unless a claim was answered during the transaction: the
     * answer may be theirs.
     *
     * @param claimsBefore the value of {@link #claims} when the transaction began
     * @return the entries to try again at once: none or all
     */
    List<QueuedEntry> keep(List<QueuedEntry> early, long claimsBefore) {
        if (claims != claimsBefore) {
            return early;
        }
        entries.addAll(early);
        return List.of();
    }
}
