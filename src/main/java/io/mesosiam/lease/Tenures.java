package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.OptionalLong;

/** For each host, the epochs that were this controller's one after the other: an entry made under one counts under all. */
final class Tenures {
    private final Map<MesosAgentId, Tenure> tenures = NewestHosts.map();

    private record Tenure(long from, long to) {}

    void claimed(MesosAgentId host, long epoch, boolean continued) {
        tenures.merge(
                host, new Tenure(epoch, epoch), (before, now) -> continued ? new Tenure(before.from, epoch) : now);
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
        if (recorded.equals(OptionalLong.of(newest(host, epoch)))) {
            return Standing.COUNTS;
        }
        Tenure tenure = tenures.get(host);
        if (tenure == null || epoch < tenure.from || epoch > tenure.to) {
            return Standing.OUTDATED;
        }
        // no claim of this host has been answered yet, so the row can't be newer than ours
        boolean unanswered = tenure.to == 0 || recorded.isEmpty();
        return unanswered || (ours && tenure.to < recorded.getAsLong()) ? Standing.EARLY : Standing.OUTDATED;
    }

    /** The newest epoch under which an entry made under that one still counts. */
    long newest(MesosAgentId host, long epoch) {
        Tenure tenure = tenures.get(host);
        return tenure != null && tenure.from <= epoch && epoch <= tenure.to ? tenure.to : epoch;
    }
}
