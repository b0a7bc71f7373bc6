package io.mesosiam.lease.store;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides which entries of a batch are written, by the claims of their hosts. Knows no SQL.
 *
 * @param epochs the epochs under which this controller owns its hosts
 * @param controllerId this controller's name in table {@code agent}
 */
record EntryStanding(OwnershipEpochs epochs, String controllerId) {
    /**
     * Whether the entry is written. Otherwise it is added to {@code left}; there is a live lease whose row has ended, too. The end of a lease is both if the lease is early:
     * the lease may have no row until then.
     *
     * @param claims the latest claims of the hosts, locked by the transaction that writes
     */
    boolean isValid(QueuedEntry queued, HostClaims claims, JournalWriter.Left left) {
        if (claims.locked().contains(queued.host())) {
            left.locked().add(queued);
            return false;
        }
        return switch (queued.entry()) {
            case Journal.Entry.Changed(Lease lease, long epoch, AuditEvent _) -> {
                boolean valid = isValid(queued, epoch, claims, left);
                if (valid && lease.isLive() && claims.ended().contains(lease.id())) {
                    left.ended().add(lease.id());
                }
                yield valid;
            }
            case Journal.Entry.Noted noted -> isValid(queued, noted.epoch(), claims, left);
            case Journal.Entry.Withdrawn withdrawn -> isValid(queued, withdrawn.epoch(), claims, left);
            case Journal.Entry.Ended _ -> {
                if (queued.endsOneOf(left.early())) {
                    left.early().add(queued);
                }
                yield true;
            }
        };
    }

    private boolean isValid(QueuedEntry queued, long epoch, HostClaims claims, JournalWriter.Left left) {
        MesosAgentId host = queued.host();
        Optional<HostClaims.Claim> claim = claims.of(host);
        boolean ours = claim.flatMap(HostClaims.Claim::controllerId).equals(Optional.of(controllerId));
        OptionalLong recorded = claim.map(it -> OptionalLong.of(it.epoch())).orElse(OptionalLong.empty());
        return switch (epochs.standing(host, epoch, recorded, ours)) {
            case VALID -> true;
            case EARLY -> {
                left.early().add(queued);
                yield false;
            }
            case FENCED -> {
                left.fenced().add(new JournalWriter.Fenced(host, epoch));
                yield false;
            }
        };
    }
}
