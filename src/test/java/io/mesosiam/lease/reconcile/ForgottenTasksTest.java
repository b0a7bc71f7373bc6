package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A controller takes over a host with the row of a task that it has never seen. Full passes are 5 minutes apart. */
class ForgottenTasksTest extends ReconcilerFixture {
    private static final Duration TWO_PASSES = Duration.ofMinutes(6);

    private SimulatedCluster.Run run;

    @BeforeEach
    void serve() {
        allow(Sharing.TASK);
        connect();
        run = start(1);
        bind(run, CONTAINER);
        settle();
    }

    private void taskHasEnded() {
        agent.running.clear();
        agent.served.clear();
    }

    /** Another controller takes the host over. Its state doesn't show the task. */
    private void connectWithAnother() {
        cluster.runs.remove(run.launch);
        reconciler = newReconciler();
        show();
        connect();
        settle();
    }

    private void masterShowsTheTask() {
        cluster.runs.put(run.launch, run);
        show();
    }

    private Lease row() {
        return tables.live().getFirst();
    }

    private void assertThatItStays() {
        pass(Duration.ofHours(3));
        assertThat(tables.live()).hasSize(1);
    }

    @Test
    void rowOfATaskThatNeitherTheMasterNorTheHostReportsEndsAtTheSecondFullPass() {
        taskHasEnded();
        connectWithAnother();

        pass(Duration.ofMinutes(4));
        assertThat(tables.live()).hasSize(1);

        pass(Duration.ofMinutes(2));
        assertThat(tables.live()).isEmpty();
        assertThat(reconciler.overview().leases()).singleElement().satisfies(lease -> assertThat(lease.state())
                .isInstanceOfSatisfying(LeaseState.Reaped.class, reaped -> assertThat(reaped.reason())
                        .isEqualTo("neither the master nor the host's agent reports its task")));
    }

    @Test
    void rowWithoutAContainerEndsToo() {
        Lease bound = row();
        tables.rows.put(
                bound.id(),
                new Lease(
                        bound.id(),
                        bound.key(),
                        bound.role(),
                        bound.policy(),
                        bound.identityHash(),
                        bound.sessionName(),
                        bound.witnessed(),
                        Optional.empty(),
                        bound.createdAt(),
                        bound.until(),
                        new LeaseState.Pending("waiting for STS"),
                        bound.revision()));
        taskHasEnded();
        connectWithAnother();

        pass(TWO_PASSES);

        assertThat(tables.live()).isEmpty();
    }

    @Test
    void itStaysWhileItsContainerRuns() {
        agent.served.clear();
        connectWithAnother();

        assertThatItStays();
    }

    @Test
    void itStaysWhileNoMasterAnswers() {
        taskHasEnded();
        cluster.answers = false;
        connectWithAnother();

        assertThatItStays();
    }

    @Test
    void itStaysWhileTheListingIsNotComplete() {
        taskHasEnded();
        cluster.hidden.add(start(2).launch);
        connectWithAnother();

        assertThatItStays();
    }

    @Test
    void itStaysWhileANewLeaderDoesNotListItsMesosAgent() {
        taskHasEnded();
        cluster.unregistered.add(HOST);
        connectWithAnother();

        assertThatItStays();
    }

    @Test
    void itStaysWhileItsHostIsNotConnectedHere() {
        taskHasEnded();
        cluster.runs.remove(run.launch);
        reconciler = newReconciler();
        show();
        settle();

        assertThatItStays();
    }

    @Test
    void sessionThatTheAgentServesStaysAlthoughItHasNotListedTheContainerYet() {
        agent.running.clear();
        connectWithAnother();
        int calls = sts.callsInAll();

        pass(TWO_PASSES);
        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        masterShowsTheTask();
        settle();

        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void rowWhoseSessionOnlyTheAgentHeldEndsAfterTheSession() {
        agent.running.clear();
        connectWithAnother();

        pass(Duration.ofHours(1));
        pass(TWO_PASSES.multipliedBy(2));

        assertThat(tables.live()).isEmpty();
        assertThat(served()).isEmpty();
    }

    @Test
    void taskThatTheMasterShowsAfterOnePassKeepsItsLease() {
        agent.served.clear();
        agent.running.clear();
        connectWithAnother();
        Lease before = row();
        pass(Duration.ofMinutes(4));

        agent.running.put(CONTAINER, since(1));
        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        masterShowsTheTask();
        pass(TWO_PASSES);

        assertThat(served()).extracting(Lease::id).containsExactly(before.id());
    }

    @Test
    void taskThatIsShownAfterItsLeaseHasEndedGetsAnother() {
        taskHasEnded();
        connectWithAnother();
        pass(TWO_PASSES);

        bind(run, CONTAINER);
        masterShowsTheTask();
        settle();

        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
        assertThat(tables.live()).hasSize(1);
    }

    @Test
    void rowWithATimeToLiveEndsWithThat() {
        Lease row = row();
        tables.rows.put(row.id(), row.limited(Optional.of(clock.instant().plus(Duration.ofHours(2)))));
        taskHasEnded();
        connectWithAnother();

        pass(Duration.ofMinutes(119));
        assertThat(tables.live()).hasSize(1);

        pass(Duration.ofMinutes(2));
        assertThat(tables.live()).isEmpty();
    }

    @Test
    void correctionOfTheClockDoesNotEndItEarlier() {
        taskHasEnded();
        connectWithAnother();

        reconciler.clockCorrected();
        settle();

        assertThat(tables.live()).hasSize(1);
    }

    @Test
    void leaseOfARunningTaskOnTheHostIsNotConcerned() {
        SimulatedCluster.Run other = start(2);
        bind(other, ContainerId.of("c2"));
        settle();
        agent.running.remove(CONTAINER);
        agent.served.values().removeIf(served -> served.lease().container().equals(Optional.of(CONTAINER)));
        connectWithAnother();

        pass(TWO_PASSES);

        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(ContainerId.of("c2")));
        assertThat(tables.live()).hasSize(1);
    }
}
