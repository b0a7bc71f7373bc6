package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;

/**
 * Where outcomes are written, in order and some time later. The truth is elsewhere: a lost row is told again by the next
 * change of its lease.
 */
public interface Journal {
    /** Takes an entry and returns at once. */
    void write(Entry entry);

    /** Whether it keeps up, so that new leases may be decided. */
    boolean isOpen();

    /** One thing to write, all of it or nothing. */
    sealed interface Entry {
        /** A lease and what happened to it; void if the host's epoch is another by now. */
        record Changed(Lease lease, long epoch, AuditEvent event) implements Entry {}

        /** A lease whose task has ended, which ends it whoever keeps the host. */
        record Ended(Lease lease, AuditEvent event) implements Entry {}

        /** Something happened that changed no lease; void if the host's epoch is another by now. */
        record Noted(MesosAgentId host, long epoch, AuditEvent event) implements Entry {}

        /** A key gets nothing any more; void if the host's epoch is another by now. */
        record Withdrawn(Withdrawal withdrawal, MesosAgentId host, long epoch, AuditEvent event) implements Entry {}
    }
}
