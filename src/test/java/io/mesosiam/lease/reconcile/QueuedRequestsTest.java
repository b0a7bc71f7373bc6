package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests for sessions that wait while another request for a session is sent to STS. */
class QueuedRequestsTest extends ReconcilerFixture {
    private static final TestLeaseConfig ONE_CALL = new TestLeaseConfig(
            1,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofMillis(100),
            20_000,
            Duration.ofMinutes(15),
            Duration.ofSeconds(10));

    @BeforeEach
    void shareTheSession() {
        allow(Sharing.ROLE);
    }

    @Override
    LeaseConfig config() {
        return ONE_CALL;
    }

    @Test
    void refusalAppliesToQueuedRequestsForTheSameSession() {
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        startTasks(1, 2, 3);
        drain();
        assertThat(reconciler.overview().counts().callsQueued()).isEqualTo(2);

        assertThat(sts.answerOne()).isTrue();

        assertThat(reconciler.overview().counts().callsQueued()).isZero();
        assertThat(reconciler.overview().leases()).hasSize(3).allSatisfy(lease -> assertThat(lease.state())
                .isInstanceOfSatisfying(LeaseState.Failed.class, failed -> assertThat(failed.reason())
                        .isEqualTo(sts.refusal)));
        settle();
        assertThat(sts.callsInAll()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(19));
        drain();
        assertThat(sts.waiting()).as("one probe").isEqualTo(1);
        assertThat(reconciler.overview().counts().callsQueued()).isZero();
    }

    @Test
    void refusalDoesNotApplyToQueuedRequestsForOtherSessions() {
        allow(Sharing.TASK);
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        startTasks(1, 2, 3);

        settle();

        assertThat(sts.callsInAll()).isEqualTo(3);
    }

    @Test
    void temporaryFailureDoesNotApplyToQueuedRequests() {
        sts.mood = StsInMemory.Mood.AWAY;
        connect();
        startTasks(1, 2);
        drain();
        assertThat(sts.answerOne()).isTrue();
        sts.mood = StsInMemory.Mood.GIVING;

        settle();

        assertThat(agent.served.values())
                .extracting(served -> served.lease().launch())
                .hasSize(2);
    }

    @Test
    void refusedSessionIsNotRequestedForTheNextTaskThatSharesIt() {
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        startTasks(1);
        settle();

        startTasks(2);
        settle();

        assertThat(reconciler.overview().leases()).hasSize(2).noneMatch(QueuedRequestsTest::isServed);
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void newLeasesWaitWhileTooManySessionsAreToBeRequested() {
        allow(Sharing.TASK);
        tables.expectedLimit = 2;
        connect();
        startTasks(1, 2, 3, 4, 5);
        drain();
        assertThat(reconciler.overview().counts().callsQueued()).isEqualTo(2);
        assertThat(reconciler.overview().leases()).hasSize(3);

        settle();
        assertThat(served()).hasSize(3);
        clock.advance(Duration.ofSeconds(5));
        settle();

        assertThat(served()).hasSize(5);
    }

    private static boolean isServed(Lease lease) {
        return lease.state().isServed();
    }

    private void startTasks(int... tasks) {
        for (int task : tasks) {
            cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        }
        show();
    }
}
