package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Several tasks in one container, after the start of a controller that knows some of them only from rows. */
class SharedContainerTest extends SharedContainerFixture {
    @Test
    void newSessionIsRequestedIfTheAgentDoesNotHoldItEither() {
        startShared(0);
        reconciler = newReconciler();
        show();
        connect();
        settle();
        int calls = sts.callsInAll();
        Lease lease = servedLease();
        agent.served.clear();

        reconciler.notServed(HOST, lease.id(), lease.revision(), "this host holds no such session");
        settle();

        assertThat(servedLease().id()).isEqualTo(lease.id());
        assertThat(sts.callsInAll()).isEqualTo(calls + 1);
    }

    @Test
    void nothingIsIssuedUntilANeighbourKnownFromARowIsListed() {
        SimulatedCluster.Run first = startShared(0);
        int calls = sts.callsInAll();
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        cluster.hidden.add(first.launch);
        policyOf.put("t1", differently());
        reconciler = newReconciler();
        startShared(1);
        connect();
        settle();

        assertThat(tables.live()).isEmpty();
        assertThat(agent.served).isEmpty();
        pass(Duration.ofMinutes(20));
        assertThat(sts.callsInAll()).as("calls while the first is not listed").isEqualTo(calls);

        cluster.hidden.clear();
        show();
        settle();
        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.CONFLICT);

        endAll(first);
        assertThat(servedLease().role()).isEqualTo(TestLaunches.role("b"));
    }

    @Test
    void taskIsServedOnceANeighbourKnownFromARowHasEnded() {
        SimulatedCluster.Run first = startShared(0);
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        cluster.hidden.add(first.launch);
        reconciler = newReconciler();
        SimulatedCluster.Run second = startShared(1);
        connect();
        settle();
        assertThat(servedLease().launch()).as("owner of the lease until then").isEqualTo(first.launch);

        cluster.hidden.clear();
        endAll(first);

        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }

    @Test
    void refusalOfATaskIsKeptAfterTheEndOfAnUnlistedNeighboursLease() {
        SimulatedCluster.Run first = startShared(0);
        startShared(1);
        cluster.hidden.add(first.launch);
        reconciler = newReconciler();
        show();
        connect();
        settle();
        assertThat(servedLease().launch()).isEqualTo(first.launch);

        policyOf.put("t1", new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
        reconciler.policies().changed(1);
        settle();

        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(tables.live()).isEmpty();
    }

    @Test
    void withdrawalFromATaskKnownFromARowAppliesToTheWholeContainer() {
        SimulatedCluster.Run first = startShared(0);
        startShared(1);
        cluster.hidden.add(first.launch);
        reconciler = newReconciler();
        show();
        connect();
        settle();

        tables.withdrawals.add(Withdrawal.of(new LeaseKey(first.launch, CredentialName.DEFAULT), "leaked"));
        reconciler.withdrawalsChanged(tables.withdrawals);
        settle();
        pass(Duration.ofMinutes(20));
        assertThat(agent.served).isEmpty();
    }

    @Test
    void sessionHeldOnlyByTheAgentIsHandedOverAfterARestart() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        int calls = sts.callsInAll();
        sts.mood = StsInMemory.Mood.AWAY;
        reconciler = newReconciler();
        show();
        connect();
        settle();
        gap = false;

        endAll(first);

        assertThat(servedLease().launch()).isEqualTo(second.launch);
        assertThat(gap).isFalse();
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    /** Of an executor that runs short tasks. The master shows them for minutes after their end. */
    @Test
    void endedTasksTakeNoPartInThePlansOfTheirContainer() {
        SimulatedCluster.Run first = startShared(0);
        decided.clear();
        for (int task = 1; task <= 1_000; task++) {
            SimulatedCluster.Run run = shared(task);
            reconciler.changed(cluster.state(), Set.of(run.launch));
            settle();
            finish(run);
            reconciler.changed(cluster.state(), Set.of(run.launch));
            reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
            settle();
        }
        assertThat(decided).hasSizeLessThan(20_000);

        decided.clear();
        connect();
        assertThat(decided).hasSizeLessThan(10);
        assertThat(servedLease().launch()).isEqualTo(first.launch);
    }

    @Test
    void containerWhoseTasksHaveEndedIsRefusedWhatItAsksForThen() {
        SimulatedCluster.Run first = startShared(0);
        endAll(first, startShared(1));
        CredentialName other = new CredentialName("other");

        reconciler.asked(HOST, CONTAINER, other);
        settle();

        assertThat(agent.refused.get(new AgentInMemory.Key(CONTAINER, other)).code())
                .isEqualTo(RefusalCode.ENDED);
    }

    @Test
    void taskThatTheLeaseOfAnotherOneServesWaitsForRenewals() {
        startShared(0);
        clock.advance(Duration.ofMinutes(41));
        SimulatedCluster.Run second = shared(1);
        reconciler.changed(cluster.state(), Set.of(second.launch));
        decided.clear();

        reconciler.step();

        assertThat(decided).first().isEqualTo("t0");
    }

    /**
     * The controller's process ends before its message arrives: the rows name the new lease, the agent the earlier one.
     */
    @Test
    void handOverUnknownToTheAgentIsCompletedAfterARestart() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        sts.mood = StsInMemory.Mood.AWAY;
        delivers = false;
        endAll(first);
        assertThat(servedLease().launch()).isEqualTo(first.launch);
        delivers = true;

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }
}
