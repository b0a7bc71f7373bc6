package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;

/** For each host, the epochs that were this controller's one after the other: an entry made under one counts under all. */
final class Tenures {
    private final Map<MesosAgentId, Tenure> tenures = NewestHosts.map();

    private record Tenure(long from, long to) {}

    void claimed(MesosAgentId host, long epoch, boolean continued) {
        tenures.merge(
                host, new Tenure(epoch, epoch), (before, now) -> continued ? new Tenure(before.from, epoch) : now);
    }

    /** The newest epoch under which an entry made under that one still counts. */
    long newest(MesosAgentId host, long epoch) {
        Tenure tenure = tenures.get(host);
        return tenure != null && tenure.from <= epoch && epoch <= tenure.to ? tenure.to : epoch;
    }
}
