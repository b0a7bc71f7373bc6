package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.RunningContainers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.PMap;
import org.pcollections.PSet;
import org.pcollections.PSortedMap;
import org.pcollections.PVector;

/**
 * The part of the state that other threads read without the lock, after one change. Its collections are persistent: a
 * snapshot is a few references, and a later change copies only a path of the tree.
 *
 * @param live the live leases, by id
 * @param ended the leases that ended last
 * @param running the containers that run, by host; it has every host whose agent is connected here
 * @param policies which version of the policies is in effect where
 */
record PublishedState(
        PSortedMap<LeaseId, ManagedLease> live,
        PVector<Lease> ended,
        PMap<MesosAgentId, PSet<ContainerId>> running,
        PolicyEffect policies)
        implements RunningContainers {
    /** The live leases, by id, then those that ended last. */
    List<Lease> leases() {
        return Stream.concat(live.values().stream().map(ManagedLease::lease), ended.stream())
                .toList();
    }

    /** The live leases whose ids follow this one, by id. */
    Stream<Lease> liveAfter(LeaseId id) {
        return live.tailMap(id, false).values().stream().map(ManagedLease::lease);
    }

    /** Number of live leases by the state's name, on hosts whose agents are connected here. */
    Map<String, Long> leasesByState() {
        return live.values().stream()
                .map(ManagedLease::lease)
                .filter(lease -> lease.state() instanceof LeaseState.Live && running.containsKey(lease.host()))
                .collect(Collectors.groupingBy(lease -> lease.state().text(), Collectors.counting()));
    }

    @Override
    public boolean reportedAlive(MesosAgentId host, ContainerId container) {
        PSet<ContainerId> containers = running.get(host);
        return containers != null && containers.contains(container);
    }
}
