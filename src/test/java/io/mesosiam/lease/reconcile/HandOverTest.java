package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of one of several tasks in a container: the session continues under a lease of another task. */
class HandOverTest extends SharedContainerFixture {
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void sessionOfAnEndedTaskContinuesToServeTheContainerWithoutSts(Sharing shared) {
        sharing = shared;
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        Lease before = servedLease();
        assertThat(before.launch()).isEqualTo(first.launch);
        int calls = sts.callsInAll();
        sts.mood = StsInMemory.Mood.AWAY;
        gap = false;

        endAll(first);

        assertThat(servedLease()).satisfies(lease -> {
            assertThat(lease.launch()).isEqualTo(second.launch);
            assertThat(lease.id()).isNotEqualTo(before.id());
            assertThat(lease.container()).contains(CONTAINER);
            assertThat(lease.identityHash()).isEqualTo(before.identityHash());
            assertThat(lease.state()).isEqualTo(before.state());
        });
        assertThat(gap).as("a moment without credentials").isFalse();
        assertThat(sts.callsInAll()).isEqualTo(calls);
        assertThat(reconciler.overview().counts().sessions()).isEqualTo(1);
    }

    /** The first listing after a gap shows the task in another container, and another task in its own. */
    @Test
    void sessionIsHandedOverIfItsTaskBeganAgainInAnotherContainerUnseen() {
        SimulatedCluster.Run first = startShared(0);
        Lease before = servedLease();
        sts.mood = StsInMemory.Mood.AWAY;
        gap = false;

        SimulatedCluster.Run second = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        second.container = Optional.of(CONTAINER);
        second.state = TaskState.RUNNING;
        first.over = true;
        first.reportedEnd = Optional.of(new TaskEnd.Relaunched(2));
        SimulatedCluster.Run again = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 0, HOST);
        again.container = Optional.of(ContainerId.of("other"));
        again.state = TaskState.RUNNING;
        agent.running.put(ContainerId.of("other"), since(2));
        reconciler.containers(HOST, Map.of(ContainerId.of("other"), since(2)), Set.of());
        show();
        settle();

        assertThat(gap).as("a moment without credentials").isFalse();
        assertThat(tables.rows.get(before.id()).state()).isInstanceOf(LeaseState.Reaped.class);
        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }

    @Test
    void sessionIsHandedOverAlsoIfAThirdTaskOfTheContainerHasEndedAndIsForgotten() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        SimulatedCluster.Run third = startShared(2);
        endAll(third);
        cluster.runs.remove(third.launch);
        reconciler.changed(cluster.state(), Set.of());
        gap = false;

        endAll(first);

        assertThat(gap).as("a moment without credentials").isFalse();
        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }

    /** The former controller was lost before it had written what followed the first task's lease. */
    @Test
    void nextControllerContinuesTheSessionInAPlaceThatARowGivesATaskWhichHasEnded() {
        policyOf.put("t0", differently());
        SimulatedCluster.Run first = startShared(0);
        Map<LeaseId, Lease> written = Map.copyOf(tables.rows);
        SimulatedCluster.Run second = startShared(1);
        endAll(first);
        assertThat(servedLease().launch()).isEqualTo(second.launch);
        tables.rows.clear();
        tables.rows.putAll(written);
        int calls = sts.callsInAll();
        gap = false;

        restart();

        assertThat(gap).as("a moment without credentials").isFalse();
        assertThat(servedLease().launch()).isEqualTo(second.launch);
        assertThat(tables.live()).containsExactly(servedLease());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void handOverIsRecordedInRowsAndAuditTrailOfBothTasks() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        Lease before = servedLease();

        endAll(first);

        assertThat(tables.rows.get(before.id()).state()).isInstanceOf(LeaseState.Reaped.class);
        assertThat(tables.live()).containsExactly(servedLease());
        assertThat(tables.trail.stream()
                        .map(event -> event.kind().text() + " " + event.key().launch() + " " + event.message()))
                .endsWith(
                        "lease.reaped " + first.launch + " TASK_FINISHED; its session is handed over to "
                                + second.launch,
                        "lease.adopted " + second.launch + " the session of lease " + before.id() + " of "
                                + first.launch + " is handed over, valid until 2026-01-01T01:00:00Z");
    }

    @Test
    void timeToLiveContinuesAfterAHandOver() {
        Decision hour = TestLaunches.allowed(TestLaunches.entitlement(
                "a", Optional.of("in-{container}"), Optional.of(Duration.ofHours(1)), sharing, Prefetch.ALWAYS));
        policyOf.put("t0", hour);
        policyOf.put("t1", hour);
        SimulatedCluster.Run first = startShared(0);
        Lease before = servedLease();
        pass(Duration.ofMinutes(30));
        SimulatedCluster.Run second = startShared(1);

        endAll(first);

        assertThat(servedLease().launch()).isEqualTo(second.launch);
        assertThat(servedLease().until()).isEqualTo(before.until()).isPresent();
        pass(Duration.ofMinutes(31));
        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.WITHDRAWN);
    }

    @Test
    void handedOverSessionIsRenewedAtTheOriginalTime() {
        SimulatedCluster.Run first = startShared(0);
        startShared(1);
        int calls = sts.callsInAll();
        Instant due = ((LeaseState.Active) servedLease().state()).renewAt();
        endAll(first);

        pass(Duration.between(clock.instant(), due).minusSeconds(60));
        assertThat(sts.callsInAll()).isEqualTo(calls);

        pass(Duration.ofMinutes(2));
        assertThat(sts.callsInAll()).isEqualTo(calls + 1);
        assertThat(servedLease().state()).isInstanceOf(LeaseState.Active.class);
    }

    @Test
    void sessionIsHandedOverDuringItsRenewal() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        clock.advance(Duration.ofMinutes(41));
        drain();
        assertThat(sts.waiting()).isEqualTo(1);
        gap = false;

        first.over = true;
        first.state = TaskState.FINISHED;
        first.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        show();
        drain();

        assertThat(servedLease().launch()).isEqualTo(second.launch);
        settle();
        assertThat(gap).isFalse();
        assertThat(servedLease().state())
                .isInstanceOfSatisfying(LeaseState.Active.class, active -> assertThat(active.expiration())
                        .isEqualTo(clock.instant().plus(Duration.ofHours(1))));
        assertThat(reconciler.overview().counts().sessions()).isEqualTo(1);
    }

    @Test
    void sessionIsHandedOverWhileTheJournalIsClosed() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        tables.open = false;

        endAll(first);

        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }

    @Test
    void sessionIsHandedOverFromTaskToTaskAndEndsWithTheLast() {
        List<SimulatedCluster.Run> runs = List.of(startShared(0), startShared(1), startShared(2));
        sts.mood = StsInMemory.Mood.AWAY;

        endAll(runs.get(0), runs.get(1));
        assertThat(servedLease().launch()).isEqualTo(runs.get(2).launch);

        endAll(runs.get(2));
        assertThat(agent.served).isEmpty();
        assertThat(tables.live()).isEmpty();
        assertThat(reconciler.overview().counts().sessions()).isZero();
    }

    @Test
    void tasksThatEndTogetherHandOverNoSession() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);

        endAll(first, second);

        assertThat(agent.served).isEmpty();
        assertThat(tables.trail).extracting(AuditEvent::kind).doesNotContain(AuditEvent.Kind.ADOPTED);
    }

    /** A withdrawal of either task. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void sessionIsNotHandedOverIfWithdrawnAtTheSameTime(int withdrawn) {
        List<SimulatedCluster.Run> runs = List.of(startShared(0), startShared(1));
        sts.mood = StsInMemory.Mood.AWAY;
        tables.withdrawals.add(
                Withdrawal.of(new LeaseKey(runs.get(withdrawn).launch, CredentialName.DEFAULT), "leaked"));
        finish(runs.get(0));

        reconciler.changed(cluster.state(), cluster.runs.keySet());
        reconciler.withdrawalsChanged(tables.withdrawals);
        settle();

        assertThat(agent.served).isEmpty();
        assertThat(tables.trail).extracting(AuditEvent::kind).doesNotContain(AuditEvent.Kind.ADOPTED);
    }

    @Test
    void sessionIsNotHandedOverIfPolicyDeniesItToTheOtherTaskAtTheSameTime() {
        SimulatedCluster.Run first = startShared(0);
        startShared(1);
        sts.mood = StsInMemory.Mood.AWAY;
        policyOf.put("t1", new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
        finish(first);

        show();
        reconciler.policies().changed(1);
        settle();

        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.DENIED);
    }

    @Test
    void sessionIsHandedOverToATaskWhoseOwnLeaseWaitsForSts() {
        sharing = Sharing.ROLE;
        SimulatedCluster.Run first = startShared(0);
        pass(Duration.ofMinutes(36));
        sts.mood = StsInMemory.Mood.AWAY;
        clock.advance(Duration.ofSeconds(1));
        SimulatedCluster.Run second = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        policyOf.put("t1", differently());
        show();
        settle();
        assertThat(reconciler.overview().leases())
                .filteredOn(lease -> lease.launch().equals(second.launch))
                .singleElement()
                .satisfies(lease -> assertThat(lease.state()).isInstanceOf(LeaseState.Failed.class));
        policyOf.remove("t1");
        second.container = Optional.of(CONTAINER);
        second.state = TaskState.RUNNING;
        gap = false;

        endAll(first);

        assertThat(servedLease().launch()).isEqualTo(second.launch);
        assertThat(tables.live()).containsExactly(servedLease());
        assertThat(gap).isFalse();
    }

    @Test
    void sessionOfATaskThatEndedWhileNoControllerRanIsHandedOver() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        sts.mood = StsInMemory.Mood.AWAY;
        finish(first);
        reconciler = newReconciler();
        show();
        settle();
        assertThat(tables.live()).extracting(Lease::launch).containsExactly(first.launch);

        connect();
        settle();

        assertThat(servedLease().launch()).isEqualTo(second.launch);
        assertThat(tables.live()).containsExactly(servedLease());
        pass(Duration.ofMinutes(50));
        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(5));
        assertThat(servedLease().state())
                .isInstanceOfSatisfying(LeaseState.Active.class, active -> assertThat(active.expiration())
                        .isAfter(clock.instant().plus(Duration.ofMinutes(40))));
    }

    @Test
    void sessionOfATaskThatEndedWhileTheAgentWasAwayIsHandedOver() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);
        sts.mood = StsInMemory.Mood.AWAY;
        reconciler.disconnected(HOST, tables.epochs.get(HOST));

        endAll(first);
        connect();
        settle();

        assertThat(servedLease().launch()).isEqualTo(second.launch);
    }
}
