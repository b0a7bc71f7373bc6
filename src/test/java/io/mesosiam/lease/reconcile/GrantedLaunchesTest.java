package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases of launch grants: bound before they are issued, ended with the grant, gone after the task. */
class GrantedLaunchesTest extends GrantFixture {
    @Test
    void leaseIsIssuedAfterTheGrantIsBound() {
        grant(Optional.empty(), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(holder(run)));
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.GRANT_UNBOUND, 1L));

        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
        assertThat(served()).extracting(Lease::until).containsExactly(Optional.of(expiry()));
    }

    @Test
    void launchWaitsWhileTheBindingCannotBeWritten() {
        grant(Optional.empty(), new State.Unbound());
        rows.away = true;
        connect();
        launch(1);
        publish();
        assertThat(served()).isEmpty();

        rows.away = false;
        pass(Duration.ofMinutes(6));
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
    }

    @Test
    void grantReplacesTheLeaseOfAPolicyAndLeavesItWhenItEnds() {
        policies.add(FALLBACK);
        connect();
        launch(1);
        assertThat(served()).extracting(Lease::policy).containsExactly(FALLBACK.id());

        grant(Optional.of("t1"), new State.Unbound());
        publish();
        assertThat(served()).as("kept while the grant is bound").hasSize(1);
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        rows.end(GRANT, "was revoked");
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(FALLBACK.id());
    }

    @Test
    void secondLaunchWithTheLabelSuspendsTheGrantAndEndsItsLease() {
        grant(Optional.empty(), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        publish();
        SimulatedCluster.Run second = launch(2);

        assertThat(rows.state(GRANT))
                .isInstanceOfSatisfying(State.Suspended.class, suspended -> assertThat(suspended.reason())
                        .contains(holder(first).toString(), holder(second).toString()));
        publish();
        assertThat(served()).isEmpty();
        assertThat(agent.refused.values()).allSatisfy(refusal -> assertThat(refusal.toString())
                .contains("suspended, because two launches claim it"));
    }

    @Test
    void grantEndsWithItsTaskAndALaterLaunchGetsNothing() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        publish();
        end(first);
        settle();
        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);

        launch(1);
        publish();
        assertThat(served()).isEmpty();
    }

    @Test
    void grantIsBoundOnceTheContainerIsKnown() {
        policies.add(FALLBACK);
        grant(Optional.empty(), new State.Unbound());
        connect();
        SimulatedCluster.Run run = staged(1);
        pass(Duration.ofMinutes(10));

        assertThat(rows.state(GRANT)).isEqualTo(new State.Unbound());
        assertThat(served()).as("what the policy gives would be replaced").isEmpty();

        bind(run, CONTAINER);
        settle();
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
    }

    /** A status can name a container that doesn't exist, or another executor's that isn't reported yet. */
    @Test
    void grantIsBoundOnceTheHostsAgentReportsTheContainer() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run run = staged(1);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.STARTING;
        show();
        pass(Duration.ofMinutes(10));
        assertThat(rows.state(GRANT)).isEqualTo(new State.Unbound());

        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        settle();
        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(holder(run)));
    }

    /** Absence ends nothing. */
    @Test
    void grantOfAHiddenTaskStands() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);
        publish();
        cluster.hidden.add(run.launch);
        show();
        pass(Duration.ofMinutes(10));

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(holder(run)));
        assertThat(served()).hasSize(1);
    }

    /** The row of its end may be written later; no withdrawal is left that would cover another grant. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leaseEndsWhenTheGrantExpires(boolean written) {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        launch(1);
        publish();
        pass(Duration.ofHours(2).minusMinutes(1));
        assertThat(served()).hasSize(1);

        pass(Duration.ofMinutes(2));
        if (written) {
            rows.end(GRANT, "has expired");
            publish();
        }
        assertThat(served()).isEmpty();
        assertThat(tables.withdrawals).isEmpty();
    }

    @Test
    void leaseOfAGrantIsAdoptedAfterARestart() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        launch(1);
        publish();
        int calls = sts.callsInAll();
        Lease before = served().getFirst();

        restart();

        assertThat(served()).extracting(Lease::id).containsExactly(before.id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void grantIsBoundAtOnceAlsoIfAnotherTaskOfTheContainerIsGivenSomethingElse() {
        policies.add(FALLBACK);
        connect();
        bind(start(2), CONTAINER);
        SimulatedCluster.Run run = staged(1);
        settle();
        grant(Optional.empty(), new State.Unbound());
        publish();

        bind(run, CONTAINER);
        settle();

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(holder(run)));
    }

    /** The database may be away for hours, and the container's session would be renewed. */
    @Test
    void containerOfAnotherTaskIsServedNothingThatNeitherTheGrantNorAPolicyGivesTheTaskThatWaits() {
        policies.add(ofLabel(SHARED));
        connect();
        bind(labelled(2, SHARED), CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        grant(Optional.empty(), new State.Unbound());
        rows.away = true;
        publish();
        bind(staged(1), CONTAINER);
        settle();

        assertThat(served()).isEmpty();
        assertThat(agent.refused.values().toString()).contains("different credentials");
    }

    @Test
    void containerKeepsTheSessionThatAPolicyGivesTheTaskThatWaitsTooIfAnotherLaunchGetsTheGrant() {
        policies.add(ofLabel(SHARED));
        connect();
        bind(labelled(2, SHARED), CONTAINER);
        settle();
        Lease lease = served().getFirst();

        grant(Optional.empty(), new State.Unbound());
        rows.away = true;
        publish();
        SimulatedCluster.Run run = labelled(1, SHARED, new Label(LaunchGrant.LABEL, Optional.of(GRANT.toString())));
        bind(run, CONTAINER);
        settle();
        assertThat(reconciler.overview().waitingByReason()).containsKey(WaitReason.GRANT_UNBOUND);
        pass(Duration.ofHours(1));

        assertThat(served()).extracting(Lease::id).containsExactly(lease.id());
    }

    /** That policies give it the same is certain only once another launch has the grant. */
    @Test
    void sessionOfAnEndedTaskIsNotHandedOverToATaskOfItsContainerWhoseGrantWaitsToBeBound() {
        policies.add(ofLabel(SHARED));
        connect();
        SimulatedCluster.Run other = labelled(2, SHARED);
        bind(other, CONTAINER);
        grant(Optional.empty(), new State.Unbound());
        rows.away = true;
        publish();
        bind(labelled(1, SHARED, new Label(LaunchGrant.LABEL, Optional.of(GRANT.toString()))), CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        end(other);
        settle();

        assertThat(served()).isEmpty();
    }

    @Test
    void leaseThatNoPolicyGivesAnyMoreEndsAlsoWhileAGrantWaitsToBeBound() {
        policies.add(FALLBACK);
        connect();
        launch(1);
        rows.away = true;
        grant(Optional.of("t1"), new State.Unbound());
        publish();
        assertThat(served()).hasSize(1);

        policies.clear();
        reconciler.policies().changed(2);
        settle();

        assertThat(served()).isEmpty();
    }

    /** The former controller was lost before it had written the row. */
    @Test
    void sessionOfAPolicyIsContinuedWithoutACallWhileAGrantWaitsToBeBoundAlsoIfItsLeaseHasNoRow() {
        policies.add(FALLBACK);
        connect();
        launch(1);
        int calls = sts.callsInAll();
        rows.away = true;
        grant(Optional.of("t1"), new State.Unbound());
        publish();
        tables.rows.clear();

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(served()).singleElement().extracting(Lease::policy).isEqualTo(FALLBACK.id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    /** The former controller was lost before it had written the row. */
    @Test
    void sessionOfABoundGrantIsContinuedWithoutACallAlsoIfItsLeaseHasNoRow() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        launch(1);
        publish();
        int calls = sts.callsInAll();
        tables.rows.clear();

        reconciler = newReconciler();
        show();
        List<Delivery> state = connect();
        settle();

        assertThat(state).singleElement().isInstanceOf(Delivery.Keep.class);
        assertThat(served()).singleElement().extracting(Lease::policy).isEqualTo(BY_GRANT);
        assertThat(tables.live())
                .extracting(Lease::id)
                .containsExactly(served().getFirst().id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    /** The controller that takes over the host has read the rows before the grant was bound. */
    @Test
    void leaseIsKeptByAControllerThatHasNotReadTheBinding() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        GrantSet before = read;
        launch(1);
        publish();
        Lease lease = served().getFirst();

        read = before;
        restart();
        assertThat(served()).extracting(Lease::id).containsExactly(lease.id());
        publish();
        assertThat(served()).extracting(Lease::id).containsExactly(lease.id());
    }

    private static final Label SHARED = new Label("team", Optional.of("a"));

    private static Policy ofLabel(Label label) {
        return new Policy(
                new PolicyId(new UUID(1, 2)),
                "/",
                "shared",
                true,
                0,
                List.of(new Selector.HasLabel(label.key(), label.value())),
                new Rule.Allow(
                        CredentialName.DEFAULT,
                        TestLaunches.entitlement(
                                "shared", Optional.empty(), Optional.empty(), Sharing.ROLE, Prefetch.ALWAYS)));
    }

    private SimulatedCluster.Run labelled(int task, Label... labels) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.labels = List.of(labels);
        show();
        settle();
        return run;
    }
}
