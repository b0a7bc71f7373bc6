package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(run.launch));
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
        bind(second, ContainerId.of("c2"));
        settle();

        assertThat(rows.state(GRANT))
                .isInstanceOfSatisfying(State.Suspended.class, suspended -> assertThat(suspended.reason())
                        .contains(first.launch.toString(), second.launch.toString()));
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
        bind(first, CONTAINER);
        settle();
        end(first);
        settle();
        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);

        launch(1);
        publish();
        assertThat(served()).isEmpty();
    }

    /** A controller that has seen fewer launches of the task id counts this one lower. */
    @Test
    void grantThatAnotherControllerBoundUnderAHigherNumberEndsWithItsTask() {
        connect();
        SimulatedCluster.Run first = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        grant(Optional.of("t1"), new State.Bound(new Launch(first.launch.key(), first.launch.sequence() + 1)));
        show();
        publish();
        bind(first, CONTAINER);
        settle();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        end(first);
        settle();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);

        launch(1);
        publish();
        assertThat(served()).isEmpty();
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

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(run.launch));
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
        SimulatedCluster.Run run = launch(1);
        publish();
        bind(run, CONTAINER);
        settle();
        int calls = sts.callsInAll();
        Lease before = served().getFirst();

        restart();

        assertThat(served()).extracting(Lease::id).containsExactly(before.id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }
}
