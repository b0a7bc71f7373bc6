package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * All state that a controller keeps between plans, guarded by one lock. It is lost on restart and rebuilt from rows,
 * the cluster state and the agents.
 */
record ReconcilerState(
        LaunchIndex launches,
        LeaseIndex leases,
        Sessions sessions,
        Refusals refusals,
        Withdrawals withdrawals,
        Hosts hosts,
        Waits waits,
        IssueBackoff backoff) {
    static ReconcilerState empty(RenewalRule rule) {
        return new ReconcilerState(
                new LaunchIndex(),
                new LeaseIndex(),
                new Sessions(),
                new Refusals(),
                new Withdrawals(),
                new Hosts(),
                new Waits(),
                new IssueBackoff(rule));
    }

    PublishedState published() {
        return new PublishedState(leases.live(), leases.ended(), hosts.running());
    }

    /** Every launch that is in the cluster state or has a lease. */
    Set<Launch> everyLaunch() {
        Set<Launch> all = new HashSet<>(launches.launches());
        all.addAll(leases.launches());
        return all;
    }

    /** Every host that is in the cluster state or has a lease. */
    Set<MesosAgentId> everyHost() {
        Set<MesosAgentId> all = new HashSet<>();
        launches.state().ifPresent(state -> all.addAll(state.agents().keySet()));
        leases.launches().forEach(launch -> all.add(launch.key().agent()));
        return all;
    }

    /** The launches on that host. */
    Set<Launch> launchesOn(MesosAgentId host) {
        return with(launches.on(host), leases.on(host));
    }

    /** The launches in that container. */
    Set<Launch> launchesIn(MesosAgentId host, ContainerId container) {
        return with(launches.in(host, container), leases.in(host, container));
    }

    private static Set<Launch> with(Set<Launch> shown, Collection<ManagedLease> leased) {
        Set<Launch> all = new HashSet<>(shown);
        leased.forEach(kept -> all.add(kept.lease().launch()));
        return all;
    }
}
