package io.mesosiam.lease.store;

import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.MesosAgentId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A {@link BatchedJournal} that writes to tables in memory instead of PostgreSQL. */
public final class ModelJournal {
    private ModelJournal() {}

    /** The tables. */
    public interface Tables {
        /**
         * Begins a transaction.
         *
         * @throws IllegalStateException if the database does not answer
         */
        void begin();

        /** The latest claim of a host: its epoch and the controller that made it. */
        Optional<Map.Entry<Long, String>> claim(MesosAgentId host);

        /** Whether a transaction has written this entry. */
        boolean isWritten(UUID entry);

        void wrote(UUID entry);

        void upsert(Lease lease);

        /** Whether the lease's row has ended. */
        boolean hasEnded(LeaseId lease);

        /** {@return whether the lease had a live row} */
        boolean end(Lease lease);

        void withdraw(Withdrawal withdrawal);

        /** {@return whether the controller receives the answer} */
        boolean commit();
    }

    public static BatchedJournal of(LeaseConfig config, InstantSource clock, String controllerId, Tables tables) {
        return new BatchedJournal(config, clock, LeaseSteps.NONE, epochs -> {
            EntryStanding standing = new EntryStanding(epochs, controllerId);
            return (entries, _) -> write(entries, standing, tables);
        });
    }

    private static JournalWriter.Left write(List<QueuedEntry> entries, EntryStanding standing, Tables tables) {
        tables.begin();
        List<QueuedEntry> missing =
                entries.stream().filter(entry -> !tables.isWritten(entry.id())).toList();
        Set<MesosAgentId> hosts = new HashSet<>();
        missing.forEach(entry -> entry.fencedBy().ifPresent(hosts::add));
        Map<MesosAgentId, HostClaims.Claim> claims = new HashMap<>();
        hosts.forEach(host -> tables.claim(host)
                .ifPresent(claim ->
                        claims.put(host, new HostClaims.Claim(claim.getKey(), Optional.of(claim.getValue())))));
        Set<LeaseId> over = missing.stream()
                .flatMap(entry -> entry.lease().stream())
                .filter(tables::hasEnded)
                .collect(Collectors.toSet());
        HostClaims locked = new HostClaims(claims, Set.of(), over);
        JournalWriter.Left left = JournalWriter.Left.empty();
        for (QueuedEntry entry : missing) {
            if (standing.isValid(entry, locked, left)) {
                if (changes(entry.entry(), tables)) {
                    tables.wrote(entry.id());
                }
            }
        }
        if (!tables.commit()) {
            throw new JournalLate("the answer is lost");
        }
        return left;
    }

    /** Whether the entry has an audit event, by which a later transaction knows it: the end of a lease without a row has none. */
    private static boolean changes(Journal.Entry entry, Tables tables) {
        switch (entry) {
            case Journal.Entry.Changed changed -> tables.upsert(changed.lease());
            case Journal.Entry.Ended ended -> {
                return tables.end(ended.lease());
            }
            case Journal.Entry.Noted _ -> {}
            case Journal.Entry.Withdrawn withdrawn -> tables.withdraw(withdrawn.withdrawal());
        }
        return true;
    }
}
