package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskEnd;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        StartedTasks started,
        IssueBackoff backoff,
        PolicyProgress policies) {
    static ReconcilerState empty(RenewalRule rule) {
        Hosts hosts = new Hosts();
        return new ReconcilerState(
                new LaunchIndex(hosts::isOfAnotherExecutor),
                new LeaseIndex(),
                new Sessions(),
                new Refusals(),
                new Withdrawals(),
                hosts,
                new Waits(),
                new StartedTasks(),
                new IssueBackoff(rule),
                new PolicyProgress());
    }

    PublishedState published() {
        return new PublishedState(
                leases.live(),
                leases.byLaunch(),
                leases.ended(),
                hosts.running(),
                waits.all(),
                refusals.byHost(),
                policies.current());
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

    /** What a host's agent serves, compared with the leases and containers that are known here. */
    HeldReport report(MesosAgentId host, List<HeldLease> held) {
        return new HeldReport(
                held,
                id -> leases.find(id).isPresent(),
                (launch, container) -> hosts.isAlive(host, container)
                        && !launches.in(host, container).contains(launch));
    }

    /** The launches in that container. */
    Set<Launch> launchesIn(MesosAgentId host, ContainerId container) {
        return with(launches.in(host, container), leases.in(host, container));
    }

    /**
     * The launches in that container whose plans can depend on another of its tasks: those that have not ended, and those that
     * have a lease or a refusal.
     */
    Set<Launch> plannedIn(MesosAgentId host, ContainerId container) {
        Set<Launch> planned = new HashSet<>(launches.runningIn(host, container));
        planned.addAll(holdersIn(host, container));
        return planned;
    }

    /** The launches to plan if that container asks for credentials. If all of its tasks have ended, one of them refuses it. */
    Set<Launch> askedIn(MesosAgentId host, ContainerId container) {
        Set<Launch> planned = plannedIn(host, container);
        return planned.isEmpty()
                ? launches.in(host, container).stream()
                        .min(Comparator.comparing(Launch::toString))
                        .map(Set::of)
                        .orElse(Set.of())
                : planned;
    }

    private Set<Launch> holdersIn(MesosAgentId host, ContainerId container) {
        Set<Launch> holders = with(Set.of(), leases.in(host, container));
        holders.addAll(refusals.launchesIn(host, container));
        return holders;
    }

    /** The launches in the containers of these that have a lease or a refusal. */
    private Set<Launch> holdersBeside(Stream<Launch> some) {
        record Place(MesosAgentId host, ContainerId container) {}
        return some.flatMap(launch -> container(launch).stream()
                        .map(container -> new Place(launch.key().agent(), container)))
                .distinct()
                .flatMap(place -> holdersIn(place.host(), place.container()).stream())
                .collect(Collectors.toSet());
    }

    private Optional<ContainerId> container(Launch launch) {
        return launches.container(launch).or(() -> leases.of(launch).values().stream()
                .flatMap(kept -> kept.lease().container().stream())
                .findFirst());
    }

    /** Whether the host has so many leases of containers that its agent doesn't report. */
    boolean hasManyUnreported(MesosAgentId host, int number) {
        return leases.countOn(host) >= number
                && leases.on(host).stream()
                        .filter(kept -> kept.lease()
                                .container()
                                .filter(container -> hosts.isAlive(host, container))
                                .isEmpty())
                        .skip(number - 1)
                        .findFirst()
                        .isPresent();
    }

    /** Whether a plan of the launch can have a result: it has not ended, or has a lease or a refusal. */
    boolean isPlanned(Launch launch) {
        return launches.end(launch).isEmpty()
                || !leases.of(launch).isEmpty()
                || !refusals.of(launch).isEmpty();
    }

    /**
     * Takes in a new cluster state.
     *
     * @return the launches to plan again: every launch if it is the first state, or if masters have ceased to answer or
     *     answer again
     */
    Set<Launch> update(ClusterState state, Set<Launch> touched, Instant now) {
        Optional<ClusterState> before = launches.state();
        Set<Launch> unknown = touched.stream()
                .filter(launch -> before.isPresent() && launches.task(launch).isEmpty())
                .collect(Collectors.toSet());
        Set<Launch> left = holdersBeside(touched.stream().filter(launch -> hasLeft(launch, state)));
        Set<Launch> concerned = launches.update(state, touched, now);
        unknown.stream().filter(this::hasStarted).forEach(launch -> started.started(launch, now));
        concerned.addAll(holdersBeside(touched.stream().filter(concerned::contains)));
        concerned.addAll(left);
        if (before.isEmpty()) {
            launches.rebuild();
            policies.clusterKnown(everyLaunch());
        }
        if (before.map(ClusterState::masterAnswers)
                .filter(answered -> answered == state.masterAnswers())
                .isEmpty()) {
            concerned.addAll(everyLaunch());
        }
        return concerned;
    }

    /** Whether a launch that was unknown is one whose start this controller saw, on a host whose agent is connected here. */
    private boolean hasStarted(Launch launch) {
        return launches.task(launch).filter(LaunchedTask::witnessed).isPresent()
                && launches.end(launch).isEmpty()
                && leases.of(launch).isEmpty()
                && hosts.isConnected(launch.key().agent());
    }

    /** Whether the launch was in a container in which the next state doesn't show it. */
    private boolean hasLeft(Launch launch, ClusterState next) {
        Optional<ContainerId> container = launches.container(launch);
        return container.isPresent()
                && !container.equals(
                        next.launch(launch).flatMap(shown -> shown.task().container()));
    }

    /**
     * Replaces the set of active withdrawals.
     *
     * @return the launches that an added or a removed one covers, and those that share a container with one of these
     */
    Set<Launch> replaceWithdrawals(Collection<Withdrawal> all) {
        WithdrawalIndex difference = withdrawals.replace(all);
        Set<Launch> touched = everyLaunch().stream().filter(difference::touches).collect(Collectors.toSet());
        return withNeighbours(touched);
    }

    private Set<Launch> withNeighbours(Set<Launch> touched) {
        Set<Launch> concerned = new HashSet<>(touched);
        concerned.addAll(launches.inContainersOf(touched));
        concerned.addAll(holdersBeside(touched.stream()));
        return concerned;
    }

    /**
     * Forgets the backoffs of leases whose policies changed.
     *
     * @return the launches to plan again: the touched ones, and those that share a container with one of these
     */
    Set<Launch> policyChanged(Set<Launch> touched) {
        touched.forEach(launch -> leases.of(launch)
                .values()
                .forEach(kept -> backoff.clear(kept.lease().identityHash())));
        return withNeighbours(touched);
    }

    /**
     * Records containers that started on a host.
     *
     * @return the launches to plan again: those that the state shows in one of these containers. A launch grant is bound only in a
     *     container that is reported, and in a container that Mesos launched for another executor a task gets nothing
     */
    Set<Launch> containersStarted(MesosAgentId host, Map<ContainerId, ReportedContainer> started) {
        // first: what is another executor's is no launch's container afterwards
        Set<Launch> stated = started.keySet().stream()
                .flatMap(container -> launches.in(host, container).stream())
                .collect(Collectors.toSet());
        hosts.started(host, started);
        return stated;
    }

    /**
     * Records the end of containers, as the host's agent observed it.
     *
     * @return the launches that ended with them; those that had ended already are not among them
     */
    Map<Launch, TaskEnd> containersEnded(MesosAgentId host, Set<ContainerId> gone) {
        refusals.forget(host, gone);
        Map<Launch, TaskEnd> ends = new HashMap<>();
        for (ContainerId container : gone) {
            TaskEnd end = new TaskEnd.ContainerEnded(container);
            launchesIn(host, container).stream()
                    .filter(launch -> !launches.isElsewhere(launch, container))
                    .forEach(launch -> {
                        if (launches.end(launch).isEmpty()) {
                            ends.put(launch, end);
                        }
                        launches.endObserved(launch, end);
                    });
        }
        // last: it forgets which executor's they were
        hosts.ended(host, gone);
        return ends;
    }

    /**
     * Records the end of hosts, with all that runs there.
     *
     * @return the launches that ended with them; those that had ended already are not among them
     */
    Map<Launch, TaskEnd> hostsEnded(Map<MesosAgentId, TaskEnd> ended) {
        Map<Launch, TaskEnd> ends = new HashMap<>();
        ended.forEach((host, end) -> launchesOn(host).stream()
                .filter(launch -> launches.end(launch).isEmpty())
                .forEach(launch -> ends.put(launch, end)));
        ends.forEach(launches::endObserved);
        return ends;
    }

    private static Set<Launch> with(Set<Launch> shown, Collection<ManagedLease> leased) {
        Set<Launch> all = new HashSet<>(shown);
        leased.forEach(kept -> all.add(kept.lease().launch()));
        return all;
    }
}
