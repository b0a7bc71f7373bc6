package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests for sessions that wait while another request for a session is sent to STS. */
class QueuedRequestsTest {
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final TestLeaseConfig ONE_CALL = new TestLeaseConfig(
            1,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofMillis(100),
            20_000,
            Duration.ofMinutes(15),
            Duration.ofSeconds(10));

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private Sharing sharing = Sharing.ROLE;
    private final Reconciler reconciler = new Reconciler(
            ONE_CALL,
            new Dependencies(
                    _ -> Map.of(
                            CredentialName.DEFAULT,
                            TestLaunches.allowed(TestLaunches.entitlement(
                                    "a", Optional.empty(), Optional.empty(), sharing, Prefetch.ALWAYS))),
                    sts,
                    (_, delivery) -> {
                        agent.receive(delivery);
                        return true;
                    },
                    _ -> List.of(),
                    sts,
                    clock,
                    new Random(1)),
            tables.journal());

    @Test
    void refusalAppliesToQueuedRequestsForTheSameSession() {
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        start(1, 2, 3);
        Steps.drain(reconciler);
        assertThat(reconciler.overview().counts().callsQueued()).isEqualTo(2);

        assertThat(sts.answerOne()).isTrue();

        assertThat(reconciler.overview().counts().callsQueued()).isZero();
        assertThat(reconciler.overview().leases()).hasSize(3).allSatisfy(lease -> assertThat(lease.state())
                .isInstanceOfSatisfying(LeaseState.Failed.class, failed -> assertThat(failed.reason())
                        .isEqualTo(sts.refusal)));
        Steps.settle(reconciler, sts);
        assertThat(sts.callsInAll()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(19));
        Steps.drain(reconciler);
        assertThat(sts.waiting()).as("one probe").isEqualTo(1);
        assertThat(reconciler.overview().counts().callsQueued()).isZero();
    }

    @Test
    void refusalDoesNotApplyToQueuedRequestsForOtherSessions() {
        sharing = Sharing.TASK;
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        start(1, 2, 3);

        Steps.settle(reconciler, sts);

        assertThat(sts.callsInAll()).isEqualTo(3);
    }

    @Test
    void temporaryFailureDoesNotApplyToQueuedRequests() {
        sts.mood = StsInMemory.Mood.AWAY;
        connect();
        start(1, 2);
        Steps.drain(reconciler);
        assertThat(sts.answerOne()).isTrue();
        sts.mood = StsInMemory.Mood.GIVING;

        Steps.settle(reconciler, sts);

        assertThat(agent.served.values())
                .extracting(served -> served.lease().launch())
                .hasSize(2);
    }

    @Test
    void refusedSessionIsNotRequestedForTheNextTaskThatSharesIt() {
        sts.mood = StsInMemory.Mood.REFUSING;
        connect();
        start(1);
        Steps.settle(reconciler, sts);

        start(2);
        Steps.settle(reconciler, sts);

        assertThat(reconciler.overview().leases()).hasSize(2).noneMatch(QueuedRequestsTest::isServed);
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    private static boolean isServed(Lease lease) {
        return lease.state().isServed();
    }

    private void connect() {
        reconciler.connected(HOST, tables.claim(HOST), agent.held(), Map.of(), agent::sync);
    }

    private void start(int... tasks) {
        for (int task : tasks) {
            cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        }
        reconciler.changed(cluster.state(), cluster.runs.keySet());
    }
}
