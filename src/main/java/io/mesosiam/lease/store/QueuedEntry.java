package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.mesos.MesosAgentId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A journal entry that waits to be written.
 *
 * @param id generated once per entry and stored in the row of its audit event, so that the event is written only once
 * @param sinceNanos when it was queued, in monotonic time
 */
record QueuedEntry(UUID id, Journal.Entry entry, long sinceNanos) {
    static QueuedEntry of(Journal.Entry entry) {
        return new QueuedEntry(UUID.randomUUID(), entry, System.nanoTime());
    }

    /** The host whose epoch decides whether the entry is valid; empty if the entry is valid under every epoch. */
    Optional<MesosAgentId> fencedBy() {
        return switch (entry) {
            case Journal.Entry.Changed changed -> Optional.of(changed.lease().host());
            case Journal.Entry.Noted noted -> Optional.of(noted.host());
            case Journal.Entry.Withdrawn withdrawn -> Optional.of(withdrawn.host());
            case Journal.Entry.Ended _ -> Optional.empty();
        };
    }

    MesosAgentId host() {
        return switch (entry) {
            case Journal.Entry.Changed changed -> changed.lease().host();
            case Journal.Entry.Noted noted -> noted.host();
            case Journal.Entry.Withdrawn withdrawn -> withdrawn.host();
            case Journal.Entry.Ended ended -> ended.lease().host();
        };
    }

    /** The lease whose row the entry writes; empty if it writes none. */
    Optional<LeaseId> lease() {
        return switch (entry) {
            case Journal.Entry.Changed changed -> Optional.of(changed.lease().id());
            case Journal.Entry.Ended ended -> Optional.of(ended.lease().id());
            case Journal.Entry.Noted _, Journal.Entry.Withdrawn _ -> Optional.empty();
        };
    }

    /** Whether the entry is the end of a lease that one of the others writes. */
    boolean endsOneOf(List<QueuedEntry> others) {
        return entry instanceof Journal.Entry.Ended ended
                && others.stream()
                        .anyMatch(other -> other.entry instanceof Journal.Entry.Changed changed
                                && changed.lease().id().equals(ended.lease().id()));
    }

    LeaseKey key() {
        return event().key();
    }

    AuditEvent event() {
        return switch (entry) {
            case Journal.Entry.Changed changed -> changed.event();
            case Journal.Entry.Noted noted -> noted.event();
            case Journal.Entry.Withdrawn withdrawn -> withdrawn.event();
            case Journal.Entry.Ended ended -> ended.event();
        };
    }

    /** The table of the entry's row; the table of audit events if it has no other row. */
    JournalHold.Table table() {
        return switch (entry) {
            case Journal.Entry.Changed _, Journal.Entry.Ended _ -> JournalHold.Table.LEASE;
            case Journal.Entry.Withdrawn _ -> JournalHold.Table.WITHDRAWAL;
            case Journal.Entry.Noted _ -> JournalHold.Table.AUDIT_EVENT;
        };
    }
}
