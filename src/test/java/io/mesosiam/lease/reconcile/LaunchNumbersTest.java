package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows of another controller, which has numbered the launches of a task differently. What this one learns of the task after
 * it has taken the host over says which launch is meant. The simulation found each of these.
 */
class LaunchNumbersTest extends ReconcilerFixture {
    private static final ContainerId EARLIER = ContainerId.of("c0");

    private SimulatedCluster.Run run;

    @BeforeEach
    void serve() {
        allow(Sharing.TASK);
        connect();
        run = start(1);
        bind(run, CONTAINER);
        settle();
    }

    /** Another controller takes the host over. It has not learned of the task. */
    private void connectWithAnother() {
        reconciler = newReconciler();
        connect();
    }

    /** Another controller starts, whose state shows the task in its earlier container. */
    private void startAnotherThatShowsTheEarlierContainer() {
        run.container = Optional.of(EARLIER);
        reconciler = newReconciler();
        show();
    }

    /** The same, and the launch has ended there. */
    private void startAnotherThatShowsTheEarlierLaunchEnded() {
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        startAnotherThatShowsTheEarlierContainer();
    }

    private Lease row() {
        return tables.live().getFirst();
    }

    private void replace(Lease row) {
        tables.rows.clear();
        tables.rows.put(row.id(), row);
    }

    private static Launch numbered(Lease lease, long number) {
        return new Launch(lease.launch().key(), number);
    }

    private static Lease made(Lease lease, Instant at) {
        return new Lease(
                lease.id(),
                lease.key(),
                lease.role(),
                lease.policy(),
                lease.identityHash(),
                lease.sessionName(),
                lease.witnessed(),
                lease.container(),
                at,
                lease.until(),
                lease.state(),
                lease.revision());
    }

    private static Lease in(Lease lease, LeaseId id, Launch launch, Optional<ContainerId> container) {
        Lease unbound = new Lease(
                id,
                lease.key(),
                lease.role(),
                lease.policy(),
                lease.identityHash(),
                lease.sessionName(),
                lease.witnessed(),
                Optional.empty(),
                lease.createdAt(),
                lease.until(),
                lease.state(),
                1);
        return container.map(unbound::bind).orElse(unbound).renumbered(launch);
    }

    @Test
    void ofTwoRowsOfOneLaunchThatOfTheRunningContainerIsKeptAlthoughTheStateStillShowsTheOther() {
        Lease bound = row();
        Lease earlier = in(bound, new LeaseId(new UUID(0, 1)), numbered(bound, 4), Optional.of(EARLIER));
        startAnotherThatShowsTheEarlierContainer();
        tables.rows.put(earlier.id(), earlier);

        connect();
        settle();

        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
    }

    /** The earlier container has not ended yet, and the state is older than the later one. */
    @Test
    void ofTwoRowsOfOneLaunchBothAreKeptWhileBothContainersRun() {
        Lease bound = row();
        Lease earlier = in(bound, new LeaseId(new UUID(0, 1)), numbered(bound, 4), Optional.of(EARLIER));
        agent.running.put(EARLIER, since(1));
        startAnotherThatShowsTheEarlierContainer();
        tables.rows.put(earlier.id(), earlier);

        connect();
        settle();
        assertThat(served()).extracting(Lease::id).contains(bound.id());

        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        SimulatedCluster.Run next = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        next.container = Optional.of(CONTAINER);
        show();
        settle();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(bound.id());
            assertThat(lease.launch()).isEqualTo(next.launch);
        });
    }

    /** As if it were that of an executor which runs other tasks now, and the launch's end there had been seen by no controller. */
    @Test
    void ofTwoRowsOfOneLaunchTheOlderOneEndsAlsoIfItsContainerRunsWhileTheStateShowsTheLaunchInTheOtherOne() {
        Lease bound = row();
        Lease older = in(
                made(bound, bound.createdAt().minusSeconds(60)),
                new LeaseId(new UUID(0, 1)),
                bound.launch(),
                Optional.of(EARLIER));
        agent.running.put(EARLIER, since(1));
        reconciler = newReconciler();
        show();
        tables.rows.put(older.id(), older);

        connect();
        settle();

        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
    }

    /** The agent lists a container after its start, and has the lease before. The state still shows the earlier launch. */
    @Test
    void leaseOfAContainerThatIsNotListedYetStaysWhileTheStateShowsTheTaskInAnEndedContainer() {
        Lease bound = row();
        agent.running.clear();
        startAnotherThatShowsTheEarlierContainer();

        connect();
        settle();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());

        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        settle();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
    }

    private List<Lease> leases() {
        return reconciler.overview().leases().stream().filter(Lease::isLive).toList();
    }

    @Test
    void leaseOfAnEarlierLaunchWithTheSameNumberEndsOnceTheTaskRunsInAnotherContainer() {
        Lease bound = row();
        replace(in(bound, new LeaseId(new UUID(0, 1)), bound.launch(), Optional.of(EARLIER)));
        agent.served.clear();
        connectWithAnother();

        show();
        settle();

        assertThat(served()).singleElement().satisfies(lease -> {
            assertThat(lease.container()).contains(CONTAINER);
            assertThat(lease.state()).isInstanceOf(LeaseState.Active.class);
        });
        assertThat(tables.live()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
    }

    /** The state is old: it shows the task's earlier container, and the lease is of the later one. */
    @Test
    void leaseOfARunningContainerStaysWhileTheStateShowsItsTaskInAnotherOne() {
        startAnotherThatShowsTheEarlierContainer();

        connect();
        settle();
        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));

        reconciler.containers(HOST, Map.of(), Set.of(CONTAINER));
        drain();
        assertThat(served()).isEmpty();
        assertThat(tables.live()).isEmpty();
    }

    @Test
    void leaseInTheTasksContainerContinuesUnderThisControllersNumber() {
        Lease bound = row();
        replace(bound.renumbered(numbered(bound, 2)));
        connectWithAnother();

        show();
        settle();

        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(bound.id());
            assertThat(lease.launch()).isEqualTo(run.launch);
        });
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** Here the number of the row's launch is that of an earlier one, which ends when the task's present launch is shown. */
    @Test
    void leaseIsNotEndedWithTheEarlierLaunchOfItsNumber() {
        startAnotherThatShowsTheEarlierContainer();
        connect();
        settle();
        LeaseId id = row().id();

        run.reportedEnd = Optional.of(new TaskEnd.Relaunched(2));
        SimulatedCluster.Run next = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        next.container = Optional.of(CONTAINER);
        show();
        settle();

        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(id);
            assertThat(lease.launch()).isEqualTo(next.launch);
        });
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** This controller made a lease for the task before it learned the task's container. */
    @Test
    void ofTwoLeasesOfALaunchTheOneInItsContainerIsKept() {
        Lease bound = row();
        replace(bound.renumbered(numbered(bound, 2)));
        run.container = Optional.empty();
        connectWithAnother();
        show();
        settle();
        assertThat(leases()).hasSize(2);

        bind(run, CONTAINER);
        settle();

        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(leases()).extracting(Lease::launch).containsExactly(run.launch);
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
    }

    @Test
    void leaseWithoutAContainerUnderAnUnknownNumberEndsOnceItsTaskRuns() {
        Lease bound = row();
        Lease unbound = in(bound, new LeaseId(new UUID(0, 1)), numbered(bound, 7), Optional.empty());
        tables.rows.put(unbound.id(), unbound);
        agent.served.put(
                unbound.id(), new AgentInMemory.Served(unbound, clock.instant().plusSeconds(600)));

        connectWithAnother();
        assertThat(leases()).hasSize(2);
        show();
        settle();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());

        LeaseId other = new LeaseId(new UUID(0, 2));
        tables.rows.put(other, in(bound, other, numbered(bound, 7), Optional.empty()));
        restart();
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
    }

    /** The former controller was lost before it had written that the lease is bound. */
    @Test
    void containerInWhichTheAgentServesALeaseSaysItsLaunch() {
        Lease bound = row();
        replace(in(bound, bound.id(), numbered(bound, 7), Optional.empty()));
        reconciler = newReconciler();
        show();

        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
        settle();

        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(bound.id());
            assertThat(lease.launch()).isEqualTo(run.launch);
            assertThat(lease.container()).contains(CONTAINER);
        });
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** The masters can't be reached from here since before the task was started again: its former launch has that number. */
    @Test
    void leaseOfALaterLaunchIsNotEndedWithTheEndedOneOfItsNumber() {
        startAnotherThatShowsTheEarlierLaunchEnded();
        LeaseId id = row().id();

        connect();
        settle();
        assertThat(served()).extracting(Lease::id).containsExactly(id);

        SimulatedCluster.Run next = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        next.container = Optional.of(CONTAINER);
        show();
        settle();
        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(id);
            assertThat(lease.launch()).isEqualTo(next.launch);
        });
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void leaseOfALaterLaunchEndsWithItsContainer() {
        startAnotherThatShowsTheEarlierLaunchEnded();
        connect();
        settle();

        reconciler.containers(HOST, Map.of(), Set.of(CONTAINER));
        drain();

        assertThat(served()).isEmpty();
        assertThat(tables.live()).isEmpty();
    }

    /** Its former controller was lost before it had written the container; the state shows that of the task's earlier launch. */
    @Test
    void leaseStaysInTheContainerInWhichTheAgentServesItWhateverTheStateShows() {
        run.container = Optional.of(EARLIER);
        Lease bound = row();
        replace(in(bound, bound.id(), bound.launch(), Optional.empty()));
        reconciler = newReconciler();
        show();

        connect();
        settle();

        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
    }

    @Test
    void ofTwoRowsOfALaunchThatTheStateDoesNotShowTheOneInARunningContainerIsKept() {
        Lease bound = row();
        replace(in(bound, new LeaseId(new UUID(0, 1)), bound.launch(), Optional.of(EARLIER)));
        tables.rows.put(bound.id(), bound);

        connectWithAnother();

        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
    }

    /** A task that ended early, whose container was never shown, was started again, and the state doesn't show where. */
    @Test
    void leaseOfALaterLaunchIsNotEndedWithAnEarlierOneWhoseContainerWasNeverShown() {
        run.container = Optional.empty();
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FAILED));
        SimulatedCluster.Run next = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        reconciler = newReconciler();
        show();
        LeaseId id = row().id();

        connect();
        settle();
        assertThat(served()).extracting(Lease::id).contains(id);

        next.container = Optional.of(CONTAINER);
        show();
        settle();
        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(id);
            assertThat(lease.launch()).isEqualTo(next.launch);
        });
        assertThat(served()).extracting(Lease::id).containsExactly(id);
    }

    /** The state is old: it shows the earlier launch, which another controller's row has under another number. */
    @Test
    void leaseOfARunningContainerStaysIfTheLeaseOfAnEarlierLaunchGetsItsNumber() {
        Lease bound = row();
        LeaseId earlier = new LeaseId(new UUID(0, 1));
        tables.rows.put(earlier, in(bound, earlier, numbered(bound, 2), Optional.of(EARLIER)));
        run.container = Optional.of(EARLIER);
        connectWithAnother();

        show();
        drain();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());

        run.reportedEnd = Optional.of(new TaskEnd.Relaunched(2));
        SimulatedCluster.Run next = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        next.container = Optional.of(CONTAINER);
        show();
        drain();
        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(leases()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isEqualTo(bound.id());
            assertThat(lease.launch()).isEqualTo(next.launch);
        });
    }
}
