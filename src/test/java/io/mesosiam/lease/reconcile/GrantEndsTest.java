package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of launch grants that the row doesn't state yet, and launches of which another controller knows more. */
class GrantEndsTest extends GrantFixture {
    @Test
    void laterLaunchGetsNothingWhileTheEndCannotBeWritten() {
        SimulatedCluster.Run bound = givenToALaunch();
        rows.away = true;
        end(bound);
        settle();
        launch(1);
        publish();

        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Bound.class);
    }

    /** The controller that bound it had no time to issue a lease, and this one has not seen that launch. */
    @Test
    void launchAfterTheBoundOneGetsNothingAlsoIfThisControllerKnowsNoEarlierOne() {
        SimulatedCluster.Run later = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        grant(Optional.of("t1"), new State.Bound(new TaskContainer(later.launch.key(), ContainerId.of("earlier"))));
        connect();
        show();
        bind(later, CONTAINER);
        publish();
        pass(Duration.ofMinutes(20));

        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Bound.class);
    }

    /** This controller has counted an earlier launch of the task id, which the controller that bound the grant has not seen. */
    @Test
    void grantOfARunningLaunchStandsWhenAnEarlierOneHasEnded() {
        connect();
        SimulatedCluster.Run before = launch(1);
        end(before);
        settle();
        SimulatedCluster.Run running = launch(1);
        grant(Optional.of("t1"), new State.Bound(holder(running)));
        publish();
        pass(Duration.ofMinutes(20));
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        end(running);
        settle();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);
    }

    /** The next launch of the task id has started before the end is seen, and the lease was never issued. */
    @Test
    void grantEndsAlsoWhenALaterLaunchRuns() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(holder(first)));
        first.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FAILED));
        launch(1);
        publish();

        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);
        assertThat(served()).isEmpty();
    }

    /** An executor runs a task id twice in its container: nothing tells the two launches apart but the first one's end. */
    @Test
    void grantEndsBeforeALaterLaunchInTheSameContainer() {
        SimulatedCluster.Run first = givenToALaunch();
        end(first);
        SimulatedCluster.Run second = staged(1);
        bind(second, first.container.orElseThrow());
        publish();

        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);
        assertThat(served()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void policiesDecideOnceTheGrantHasExpiredAlsoWhileTheRowCannotBeWritten(boolean bound) {
        policies.add(FALLBACK);
        grant(Optional.of("t1"), new State.Unbound());
        rows.away = !bound;
        connect();
        launch(1);
        publish();
        rows.away = true;
        pass(Duration.ofHours(3));

        assertThat(served()).extracting(Lease::policy).containsExactly(FALLBACK.id());
    }

    /** The database is away before the other grant can be bound. */
    @Test
    void leaseOfARevokedGrantIsNotKeptForAnotherGrantThatHasToBeBound() {
        SimulatedCluster.Run run = givenToALaunch();
        rows.end(GRANT, "was revoked");
        grant(new UUID(1, 2), Optional.of("t1"), new State.Unbound());
        rows.away = true;
        publish();

        assertThat(served()).isEmpty();

        rows.away = false;
        pass(Duration.ofMinutes(6));
        publish();
        assertThat(served())
                .extracting(lease -> lease.container(), Lease::policy)
                .containsExactly(tuple(run.container, PolicyId.ofGrant(new UUID(1, 2))));
    }

    /** The controller has taken over the host and has not seen the task. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leaseOfARevokedGrantEndsAlsoIfTheClusterStateDoesNotShowItsTask(boolean known) {
        SimulatedCluster.Run run = givenToALaunch();
        cluster.hidden.add(run.launch);
        restart();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        rows.end(GRANT, "was revoked");
        if (known) {
            publish();
        } else {
            read = GrantSet.EMPTY;
            pass(Duration.ofMinutes(6));
        }
        assertThat(served()).isEmpty();
    }

    /** A launch with a lease of the grant. */
    private SimulatedCluster.Run givenToALaunch() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
        return run;
    }
}
