package io.mesosiam.lease.reconcile;

import io.mesosiam.mesos.MesosAgentId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which version of the policies is in effect where, as one controller knows it. A version is in effect on a host when
 * every task was decided by it or a newer one, and the host's agent has applied what that changes. A session that has to
 * come from STS first may arrive later.
 *
 * @param read the version by which this controller decides; 0 before the first
 * @param decided the newest version by which every task has been decided; 0 before the first
 * @param undecided number of launches that {@code read} may concern and that have not been decided by it yet
 * @param hosts the version that each host has confirmed last, for the hosts whose agents are connected to this
 *     controller; 0 if none
 */
public record PolicyEffect(long read, long decided, int undecided, Map<MesosAgentId, Long> hosts) {
    /** The same with these hosts, too; those that are not in it yet have confirmed none. */
    public PolicyEffect with(Set<MesosAgentId> admitted) {
        Map<MesosAgentId, Long> all = new HashMap<>(hosts);
        admitted.forEach(host -> all.putIfAbsent(host, 0L));
        return new PolicyEffect(read, decided, undecided, all);
    }

    /** Number of hosts on which a version, or a newer one, is in effect. */
    public long inEffect(long version) {
        return hosts.values().stream().filter(applied -> applied >= version).count();
    }
}
