package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of launch grants that the row doesn't state yet, and launches that controllers number differently. */
class GrantEndsTest extends GrantFixture {
    /** Another controller has counted two launches of the task id, this one has seen the second only. */
    @Test
    void laterLaunchGetsNothingWhileTheEndCannotBeWritten() {
        SimulatedCluster.Run bound = servedAs(2);
        rows.away = true;
        end(bound);
        settle();
        launch(1);
        publish();

        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Bound.class);
    }

    /** Another controller, which started later, has counted one launch of the task id, this one two. */
    @Test
    void grantOfARunningLaunchThatIsNumberedHigherHereStands() {
        SimulatedCluster.Run before = launch(1);
        end(before);
        settle();
        SimulatedCluster.Run running = launch(1);
        grant(Optional.of("t1"), new State.Bound(before.launch));
        publish();
        pass(Duration.ofMinutes(20));
        assertThat(rows.state(GRANT)).isInstanceOf(State.Bound.class);

        connect();
        end(running);
        pass(Duration.ofMinutes(20));
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);
    }

    /** The next launch of the task id has started before the end is seen, and the lease was never issued. */
    @Test
    void grantThatThisControllerHasBoundEndsAlsoWhenALaterLaunchRuns() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(first.launch));
        first.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FAILED));
        launch(1);
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

    /** A served launch whose number in the row of its grant is this one. */
    private SimulatedCluster.Run servedAs(int number) {
        grant(Optional.of("t1"), new State.Bound(TestLaunches.launch("F1", "t1", HOST, number)));
        connect();
        SimulatedCluster.Run run = launch(1);
        publish();
        bind(run, CONTAINER);
        settle();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
        return run;
    }
}
