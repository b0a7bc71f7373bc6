package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes outcomes to the database, in order and asynchronously. The controller's memory is authoritative: if a row is
 * lost, the next change of its lease writes it again.
 */
public interface Journal {
    /** Queues an entry and returns at once. */
    void write(Entry entry);

    /**
     * Whether the journal keeps up. While it does not, no new leases are issued.
     *
     * @param expected number of sessions that tasks wait for and that STS has not been asked for yet: an entry follows each
     */
    boolean isOpen(int expected);

    /**
     * Records that a claim of a host begins, before it is sent. Whether entries about the host are valid can be unknown until
     * {@link #claimEnds}: they wait until then.
     */
    void claimBegins(MesosAgentId host);

    /**
     * Records that this controller owns the host from now on.
     *
     * @param continued whether no other controller has owned the host since the previous epoch; queued entries of
     *     earlier epochs then remain valid
     */
    void claimed(MesosAgentId host, long epoch, boolean continued);

    /** Records that a claim of a host ends: {@link #claimed} has recorded its answer, or none will arrive. */
    void claimEnds(MesosAgentId host);

    /**
     * Sets the listener for fenced writes: it receives the host and the epoch of a write that was dropped because
     * another controller has claimed the host.
     */
    void onFenced(BiConsumer<MesosAgentId, Long> listener);

    /**
     * Sets the listener for ended rows: it receives the lease of a write that changed no row, because another controller has
     * ended the lease.
     */
    void onEnded(Consumer<LeaseId> listener);

    /** One unit to write, atomically. */
    sealed interface Entry {
        /** A lease and its event; dropped if the host has been claimed under another epoch since. */
        record Changed(Lease lease, long epoch, AuditEvent event) implements Entry {}

        /** A lease whose task has ended. The row ends no matter which controller owns the host. */
        record Ended(Lease lease, AuditEvent event) implements Entry {}

        /** An event that changed no lease; dropped if the host has been claimed under another epoch since. */
        record Noted(MesosAgentId host, long epoch, AuditEvent event) implements Entry {}

        /** A withdrawal of one key; dropped if the host has been claimed under another epoch since. */
        record Withdrawn(Withdrawal withdrawal, MesosAgentId host, long epoch, AuditEvent event) implements Entry {}
    }
}
