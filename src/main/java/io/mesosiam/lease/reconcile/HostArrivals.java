package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Ownership;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Connects the hosts whose agents arrive: reads what the database has of a host, without the state's lock, and adopts the
 * host under the lock when its turn comes.
 */
final class HostArrivals {
    private final StateLock<PublishedState> stateLock;
    private final ReconcilerState tracked;
    private final LaunchPlanning planning;
    private final Deliveries deliveries;
    private final HostAdoption adoption;
    private final HostState hostState;
    private final LeaseRows rows;
    private final InstantSource clock;
    private final ConnectTurns turns = new ConnectTurns();
    private final AwaitedHosts awaited = new AwaitedHosts();

    HostArrivals(
            StateLock<PublishedState> stateLock,
            ReconcilerState tracked,
            LaunchPlanning planning,
            Deliveries deliveries,
            HostAdoption adoption,
            HostState hostState,
            LeaseRows rows,
            InstantSource clock) {
        this.stateLock = stateLock;
        this.tracked = tracked;
        this.planning = planning;
        this.deliveries = deliveries;
        this.adoption = adoption;
        this.hostState = hostState;
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * Lets hosts on which one of these tasks waits for its first lease connect before the rest. Under the state's lock.
     *
     * @param hosts those of the tasks
     */
    void tasksChanged(Set<Launch> touched, Set<MesosAgentId> hosts) {
        turns.hasten(host -> hosts.contains(host) && planning.lackFirstLeases(tracked.launchesOn(host)));
        hosts.stream()
                .filter(awaited::contains)
                .filter(host -> !planning.lackFirstLeases(tracked.launchesOn(host)))
                .forEach(awaited::remove);
        // not the first state of a cluster, with which all hosts are alike
        if (touched.size() <= AwaitedHosts.MOST) {
            touched.forEach(this::await);
        }
    }

    private void await(Launch launch) {
        MesosAgentId host = launch.key().agent();
        if (!tracked.hosts().isConnected(host) && !awaited.contains(host) && planning.lackFirstLeases(Set.of(launch))) {
            address(host).ifPresent(it -> awaited.add(host, it, clock.instant()));
        }
    }

    private Optional<String> address(MesosAgentId host) {
        return tracked.launches().state().flatMap(state -> state.agent(host)).map(MesosAgent::address);
    }

    /** Whether a task waits for its first lease, on a host with this address whose agent isn't connected. */
    boolean isAwaited(InetAddress address) {
        return awaited.contains(address, clock.instant());
    }

    /** Whether a host waits for its turn. */
    boolean areAwaited() {
        return turns.areAwaited();
    }

    /** Does what {@link Reconciler#connected} promises. */
    void connected(
            MesosAgentId host,
            Ownership ownership,
            List<HeldLease> held,
            Map<ContainerId, ReportedContainer> running,
            HostStream stream) {
        Arrival arrival = stateLock.change(() -> new Arrival(
                Optional.of(host)
                        .filter(its -> tracked.hosts().claimed(its, ownership))
                        .map(tracked.hosts()::retained),
                planning.lackFirstLeases(tracked.launchesOn(host))));
        Optional<Set<LeaseId>> retained = arrival.retained();
        Optional<List<Lease>> left = retained.isPresent() ? Optional.empty() : Optional.of(rows.live(host));
        // under a provisional claim that continues this controller's memory no other controller has served the agent
        Set<LeaseId> unrecorded = retained.filter(_ -> !ownership.continued()).orElseGet(() -> unrecorded(held, left));
        turns.run(
                host,
                arrival.urgent(),
                () -> stateLock.change(() -> {
                    if (!stream.isOpen()) {
                        return;
                    }
                    // while it waited, entries about it can have been dropped, or the host forgotten
                    if (left.isEmpty() && !tracked.hosts().isContinuedBy(host, ownership)) {
                        throw new IllegalStateException("what was remembered of it is no longer what its rows have");
                    }
                    awaited.remove(host);
                    HeldReport report = adoption.connect(host, ownership, running, held, left, clock.instant());
                    deliveries.suppressed(host, () -> {
                        planning.settle(tracked.launchesOn(host));
                        planning.continueHeld(tracked.launchesOn(host), report);
                        planning.runNow(tracked.launchesOn(host));
                    });
                    stream.open(hostState.full(host, held, unrecorded));
                }));
    }

    /**
     * What is known of a host before its rows are read.
     *
     * @param retained the leases that it retains, if this controller has owned it without interruption
     * @param urgent whether it has a task that waits for its first lease
     */
    private record Arrival(Optional<Set<LeaseId>> retained, boolean urgent) {}

    /**
     * The leases that the agent serves to containers, and that neither a row nor this controller's memory has. Also between two
     * claims of this controller another one can have issued sessions, under a claim that was never recorded.
     */
    private Set<LeaseId> unrecorded(List<HeldLease> held, Optional<List<Lease>> left) {
        Set<LeaseId> unknown = held.stream()
                .filter(it -> it.container().isPresent())
                .map(HeldLease::lease)
                .collect(Collectors.toSet());
        left.ifPresent(leases -> leases.forEach(lease -> unknown.remove(lease.id())));
        if (left.isEmpty()) {
            unknown.removeAll(stateLock.published().live().keySet());
        }
        if (!unknown.isEmpty()) {
            unknown.removeAll(rows.recorded(Set.copyOf(unknown)));
        }
        return unknown;
    }
}
