package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.policy.CredentialName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.PVector;

/**
 * The part of the state that other threads read without the lock, after one change. Its collections are persistent: a
 * snapshot is a few references, and a later change copies only a path of the tree.
 *
 * @param live the live leases, by id
 * @param byLaunch the ids of the live leases by launch
 * @param ended the leases that ended last
 * @param running the containers that run, by host; it has every host whose agent is connected here
 * @param waits what credential names wait for, of launches on hosts that are connected here
 * @param refusals the refusals, by host
 * @param policies which version of the policies is in effect where
 */
record PublishedState(
        PSortedMap<LeaseId, ManagedLease> live,
        PMap<Launch, Map<CredentialName, LeaseId>> byLaunch,
        PVector<Lease> ended,
        PMap<MesosAgentId, PMap<ContainerId, ReportedContainer>> running,
        PMap<Launch, Map<CredentialName, Waits.Waiting>> waits,
        PMap<MesosAgentId, PMap<Launch, Map<CredentialName, Refusal>>> refusals,
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

    /** What a launch has, without its leases that ended. */
    LaunchStanding standing(Launch launch) {
        Map<CredentialName, Lease> leases = new HashMap<>();
        byLaunch.getOrDefault(launch, Map.of()).forEach((name, id) -> {
            ManagedLease kept = live.get(id);
            if (kept != null) {
                leases.put(name, kept.lease());
            }
        });
        Map<CredentialName, Outlook.Waiting> waiting = new HashMap<>();
        waits.getOrDefault(launch, Map.of())
                .forEach((name, wait) -> waiting.put(
                        name,
                        new Outlook.Waiting(
                                wait.step().why(),
                                wait.step().reason(),
                                wait.step().until())));
        return new LaunchStanding(
                running.containsKey(launch.key().agent()), leases, waiting, Refusals.of(refusals, launch));
    }

    /** The states of the live leases on hosts whose agents are connected here. */
    List<LeaseState> statesHere() {
        // a look-up in the persistent map for each of 100,000 leases takes most of a scrape
        Set<MesosAgentId> here = Set.copyOf(running.keySet());
        List<LeaseState> states = new ArrayList<>();
        for (ManagedLease kept : live.values()) {
            Lease lease = kept.lease();
            if (lease.isLive() && here.contains(lease.host())) {
                states.add(lease.state());
            }
        }
        return states;
    }

    @Override
    public Optional<Map<ContainerId, ReportedContainer>> on(MesosAgentId host) {
        return Optional.ofNullable(running.get(host));
    }
}
