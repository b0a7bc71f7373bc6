package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Entries under a claim of this controller whose answer has not arrived, and the later ones of these hosts: one row takes
 * the place of another one after that has ended. Each entry waits for that answer. Not thread-safe: {@link
 * JournalBacklog} holds the lock.
 */
final class EarlyEntries {
    private final Map<MesosAgentId, List<QueuedEntry>> byHost = new LinkedHashMap<>();
    private int size;
    private long claims;

    /** Number of claims that were answered or have ended. */
    long claims() {
        return claims;
    }

    int size() {
        return size;
    }

    /** The entry that has waited longest; empty if none waits. */
    Optional<QueuedEntry> oldest() {
        return byHost.values().stream().flatMap(List::stream).min(Comparator.comparingLong(QueuedEntry::sinceNanos));
    }

    /**
     * Records the answer to a claim of the host, or that no claim of it is left.
     *
     * @return the host's entries in order, which no longer wait here
     */
    List<QueuedEntry> due(MesosAgentId host) {
        claims++;
        List<QueuedEntry> due = Optional.ofNullable(byHost.remove(host)).orElse(List.of());
        size -= due.size();
        return due;
    }

    /**
     * Keeps the entries that a transaction found too early, and those behind them.
     *
     * @param behind the entries that follow in the lane; those that have to wait are removed
     */
    void keep(List<QueuedEntry> early, Collection<QueuedEntry> behind) {
        early.forEach(this::add);
        for (Iterator<QueuedEntry> all = behind.iterator(); size > 0 && all.hasNext(); ) {
            if (isKept(all.next())) {
                all.remove();
            }
        }
    }

    /**
     * Keeps a new entry if it has to wait. The end of a lease does not, but is repeated if the lease waits: its row may not
     * exist until then.
     */
    boolean isKept(QueuedEntry entry) {
        List<QueuedEntry> before = byHost.get(entry.host());
        if (before == null) {
            return false;
        }
        boolean waits = entry.fencedBy().isPresent();
        if (waits || entry.endsOneOf(before)) {
            add(entry);
        }
        return waits;
    }

    private void add(QueuedEntry entry) {
        byHost.computeIfAbsent(entry.host(), _ -> new ArrayList<>()).add(entry);
        size++;
    }
}
