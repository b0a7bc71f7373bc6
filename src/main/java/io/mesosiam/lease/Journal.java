package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.function.BiConsumer;

/**
 * Where outcomes are written, in order and some time later. The truth is elsewhere: a lost row is told again by the next
 * change of its lease.
 */
public interface Journal {
    /** Takes an entry and returns at once. */
    void write(Entry entry);

    /** Whether it keeps up, so that new leases may be decided. */
    boolean isOpen();

    /**
     * This controller has that host from now on.
     *
     * @param continued whether no other had it since the epoch before, so that what waits to be written still counts
     */
    void claimed(MesosAgentId host, long epoch, boolean continued);

    /** Whom to tell that a write came to nothing, since another controller has claimed the host. */
    void onOutdated(BiConsumer<MesosAgentId, Long> listener);

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
