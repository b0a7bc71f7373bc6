package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.MesosAgentId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a batch of entries in one transaction. It first locks the epochs of the hosts involved, so that a concurrent
 * claim waits for the transaction. Entries that another controller's claim has fenced are left out.
 *
 * <p>If another transaction has locked a host's row, or the row of a lease that the entries change, the host's entries
 * are left out and wait, and the other entries are written. The writer detects such locks without waiting for them.
 *
 * <p>Of several steps of a lease in one batch, the last row is written, and each event.
 *
 * <p>A transaction that does not finish in time is abandoned before its COMMIT and then never commits. If the COMMIT
 * was already sent, its result is unknown; the next write of these entries determines it ({@link JournalTransactions}).
 */
final class JournalWriter {
    private final JournalTransactions transactions;
    private final String actor;
    private final EntryStanding standing;

    /**
     * @param actor this controller's name in audit events
     * @param limit the longest duration of one transaction
     */
    JournalWriter(Pool pool, String actor, EntryStanding standing, Duration limit) {
        this.transactions = new JournalTransactions(pool, limit);
        this.actor = actor;
        this.standing = standing;
    }

    /** An entry that was dropped because another controller has claimed the host. */
    record Fenced(MesosAgentId host, long epoch) {}

    /**
     * The entries that were not written.
     *
     * @param early entries under a claim of this controller whose answer has not arrived; they are valid once it has
     * @param locked entries of hosts of which another transaction has locked a row, in order
     * @param ended live leases whose rows another controller has ended: these rows stay as they are
     */
    record Left(List<Fenced> fenced, List<QueuedEntry> early, List<QueuedEntry> locked, Set<LeaseId> ended) {
        static final Left NOTHING = new Left(List.of(), List.of(), List.of(), Set.of());

        static Left empty() {
            return new Left(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>());
        }
    }

    /** The parts of an entry to write: the row of the lease or withdrawal, the audit event, or both. */
    enum Part {
        BOTH,
        ROW,
        EVENT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Writes that part of all valid entries, or nothing, and blocks until done.
     *
     * @return the entries that were left out
     * @throws RuntimeException if nothing was written
     */
    Left write(List<QueuedEntry> entries, Part part) {
        return transactions.run(entries, (connection, missing) -> HostClaims.lock(connection, missing)
                .chain(claims ->
                        part == Part.EVENT ? Uni.createFrom().item(claims) : claims.lockLeases(connection, missing))
                .chain(claims -> {
                    Left left = Left.empty();
                    JournalBatch batch = new JournalBatch(part, actor);
                    List<QueuedEntry> valid = missing.stream()
                            .filter(entry -> standing.isValid(entry, claims, left))
                            .toList();
                    Set<UUID> replaced = replaced(valid);
                    valid.forEach(entry -> add(entry, claims, replaced.contains(entry.id()), batch));
                    return batch.execute(connection).replaceWith(left);
                }));
    }

    /** The entries whose rows later ones write: of several steps of a lease, the last row is enough. */
    private static Set<UUID> replaced(List<QueuedEntry> entries) {
        Set<UUID> replaced = new HashSet<>();
        Map<LeaseId, Lease> later = new HashMap<>();
        for (QueuedEntry queued : entries.reversed()) {
            if (queued.entry() instanceof Journal.Entry.Changed(Lease lease, long _, AuditEvent _)) {
                Lease next = later.put(lease.id(), lease);
                // a row that has ended, or has a higher revision, stays
                if (next != null && lease.isLive() && lease.revision() <= next.revision()) {
                    replaced.add(queued.id());
                }
            } else if (queued.entry() instanceof Journal.Entry.Ended(Lease lease, AuditEvent _)) {
                later.remove(lease.id());
            }
        }
        return replaced;
    }

    private static void add(QueuedEntry queued, HostClaims claims, boolean isReplaced, JournalBatch batch) {
        switch (queued.entry()) {
            case Journal.Entry.Changed(Lease lease, long _, AuditEvent _) -> {
                if (!isReplaced) {
                    batch.addLease(lease, claims.epoch(queued.host()), queued);
                }
                batch.addEvent(queued);
            }
            case Journal.Entry.Ended(Lease lease, AuditEvent _) -> batch.addEnd(lease.id(), queued);
            case Journal.Entry.Noted _ -> batch.addEvent(queued);
            case Journal.Entry.Withdrawn(Withdrawal withdrawal, MesosAgentId _, long _, AuditEvent _) -> {
                batch.addWithdrawal(withdrawal, queued.host());
                batch.addEvent(queued);
            }
        }
    }
}
