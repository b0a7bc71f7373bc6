package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** For each host, the epochs that were this controller's one after the other: an entry made under one counts under all. */
final class OwnershipEpochs {
    private final Map<MesosAgentId, Tenure> epochs;

    OwnershipEpochs() {
        this(NewestHosts.map());
    }

    /** @param epochs for several threads */
    OwnershipEpochs(Map<MesosAgentId, Tenure> epochs) {
        this.epochs = epochs;
    }

    record Tenure(long from, long to) {
        boolean holds(long epoch) {
            return from <= epoch && epoch <= to;
        }
    }

    void claimed(MesosAgentId host, long epoch, boolean continued) {
        epochs.merge(host, new Tenure(epoch, epoch), (before, now) -> continued ? new Tenure(before.from, epoch) : now);
    }

    /** Whether an entry can be written. */
    enum Standing {
        COUNTS,
        /** Under a claim of ours whose answer has not arrived: it counts or not once that has. */
        EARLY,
        /** Another controller claimed the host since. */
        OUTDATED
    }

    /**
     * Whether an entry made under that epoch can be written.
     *
     * @param recorded the epoch of the host's row; empty while the host has none
     * @param ours whether this controller made the claim of the row
     */
    Standing standing(MesosAgentId host, long epoch, OptionalLong recorded, boolean ours) {
        // read once: a claim that is answered in between would make the entry count by neither reading
        Tenure tenure = epochs.get(host);
        if (recorded.equals(OptionalLong.of(newest(tenure, epoch)))) {
            return Standing.COUNTS;
        }
        if (tenure == null || !tenure.holds(epoch)) {
            return Standing.OUTDATED;
        }
        // no claim of this host has been answered yet, so the row can't be newer than ours
        boolean unanswered = tenure.to == 0 || recorded.isEmpty();
        return unanswered || (ours && tenure.to < recorded.getAsLong()) ? Standing.EARLY : Standing.OUTDATED;
    }

    /** The newest epoch under which an entry made under that one still counts. */
    private static long newest(@Nullable Tenure tenure, long epoch) {
        return tenure != null && tenure.holds(epoch) ? tenure.to : epoch;
    }
}
