package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several tasks in one container: what the container is served after the end of one task and after a controller's
 * start.
 */
class SharedContainerTest {
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final ContainerId CONTAINER = ContainerId.of("c1");
    private static final AgentInMemory.Key KEY = new AgentInMemory.Key(CONTAINER, CredentialName.DEFAULT);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private final Map<String, Decision> policy = new HashMap<>();
    private Sharing sharing = Sharing.TASK;
    private boolean delivers = true;
    private boolean gap;
    private Reconciler reconciler = newReconciler();

    @BeforeEach
    void connectFirst() {
        connect();
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void sessionOfAnEndedTaskContinuesToServeTheContainerWithoutSts(Sharing shared) {
        sharing = shared;
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        Lease before = served();
        assertThat(before.launch()).isEqualTo(first.launch);
        int calls = sts.callsInAll();
        sts.mood = StsInMemory.Mood.AWAY;
        gap = false;

        end(first);

        assertThat(served()).satisfies(lease -> {
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

    @Test
    void handOverIsRecordedInRowsAndAuditTrailOfBothTasks() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        Lease before = served();

        end(first);

        assertThat(tables.rows.get(before.id()).state()).isInstanceOf(LeaseState.Reaped.class);
        assertThat(tables.live()).containsExactly(served());
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
        policy.put("t0", hour);
        policy.put("t1", hour);
        SimulatedCluster.Run first = start(0);
        Lease before = served();
        pass(Duration.ofMinutes(30));
        SimulatedCluster.Run second = start(1);

        end(first);

        assertThat(served().launch()).isEqualTo(second.launch);
        assertThat(served().until()).isEqualTo(before.until()).isPresent();
        pass(Duration.ofMinutes(31));
        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.WITHDRAWN);
    }

    @Test
    void handedOverSessionIsRenewedAtTheOriginalTime() {
        SimulatedCluster.Run first = start(0);
        start(1);
        int calls = sts.callsInAll();
        Instant due = ((LeaseState.Active) served().state()).renewAt();
        end(first);

        pass(Duration.between(clock.instant(), due).minusSeconds(60));
        assertThat(sts.callsInAll()).isEqualTo(calls);

        pass(Duration.ofMinutes(2));
        assertThat(sts.callsInAll()).isEqualTo(calls + 1);
        assertThat(served().state()).isInstanceOf(LeaseState.Active.class);
    }

    @Test
    void sessionIsHandedOverDuringItsRenewal() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        clock.advance(Duration.ofMinutes(41));
        drain();
        assertThat(sts.waiting()).isEqualTo(1);
        gap = false;

        first.over = true;
        first.state = TaskState.FINISHED;
        first.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        show();
        drain();

        assertThat(served().launch()).isEqualTo(second.launch);
        settle();
        assertThat(gap).isFalse();
        assertThat(served().state())
                .isInstanceOfSatisfying(LeaseState.Active.class, active -> assertThat(active.expiration())
                        .isEqualTo(clock.instant().plus(Duration.ofHours(1))));
        assertThat(reconciler.overview().counts().sessions()).isEqualTo(1);
    }

    @Test
    void sessionIsHandedOverWhileTheJournalIsClosed() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        tables.open = false;

        end(first);

        assertThat(served().launch()).isEqualTo(second.launch);
    }

    @Test
    void sessionIsHandedOverFromTaskToTaskAndEndsWithTheLast() {
        List<SimulatedCluster.Run> runs = List.of(start(0), start(1), start(2));
        sts.mood = StsInMemory.Mood.AWAY;

        end(runs.get(0), runs.get(1));
        assertThat(served().launch()).isEqualTo(runs.get(2).launch);

        end(runs.get(2));
        assertThat(agent.served).isEmpty();
        assertThat(tables.live()).isEmpty();
        assertThat(reconciler.overview().counts().sessions()).isZero();
    }

    @Test
    void tasksThatEndTogetherHandOverNoSession() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);

        end(first, second);

        assertThat(agent.served).isEmpty();
        assertThat(tables.trail).extracting(AuditEvent::kind).doesNotContain(AuditEvent.Kind.ADOPTED);
    }

    /** A withdrawal of either task. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void sessionIsNotHandedOverIfWithdrawnAtTheSameTime(int withdrawn) {
        List<SimulatedCluster.Run> runs = List.of(start(0), start(1));
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
        SimulatedCluster.Run first = start(0);
        start(1);
        sts.mood = StsInMemory.Mood.AWAY;
        policy.put("t1", new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
        finish(first);

        show();
        reconciler.policyChanged();
        settle();

        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.DENIED);
    }

    @Test
    void sessionIsHandedOverToATaskWhoseOwnLeaseWaitsForSts() {
        sharing = Sharing.ROLE;
        SimulatedCluster.Run first = start(0);
        pass(Duration.ofMinutes(36));
        sts.mood = StsInMemory.Mood.AWAY;
        clock.advance(Duration.ofSeconds(1));
        SimulatedCluster.Run second = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        policy.put("t1", differently());
        show();
        settle();
        assertThat(reconciler.overview().leases())
                .filteredOn(lease -> lease.launch().equals(second.launch))
                .singleElement()
                .satisfies(lease -> assertThat(lease.state()).isInstanceOf(LeaseState.Failed.class));
        policy.remove("t1");
        second.container = Optional.of(CONTAINER);
        second.state = TaskState.RUNNING;
        gap = false;

        end(first);

        assertThat(served().launch()).isEqualTo(second.launch);
        assertThat(tables.live()).containsExactly(served());
        assertThat(gap).isFalse();
    }

    @Test
    void sessionHeldOnlyByTheAgentIsHandedOverAfterARestart() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        int calls = sts.callsInAll();
        sts.mood = StsInMemory.Mood.AWAY;
        reconciler = newReconciler();
        show();
        connect();
        settle();
        gap = false;

        end(first);

        assertThat(served().launch()).isEqualTo(second.launch);
        assertThat(gap).isFalse();
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void sessionOfATaskThatEndedWhileNoControllerRanIsHandedOver() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        sts.mood = StsInMemory.Mood.AWAY;
        finish(first);
        reconciler = newReconciler();
        show();
        settle();
        assertThat(tables.live()).extracting(Lease::launch).containsExactly(first.launch);

        connect();
        settle();

        assertThat(served().launch()).isEqualTo(second.launch);
        assertThat(tables.live()).containsExactly(served());
        pass(Duration.ofMinutes(50));
        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(5));
        assertThat(served().state())
                .isInstanceOfSatisfying(LeaseState.Active.class, active -> assertThat(active.expiration())
                        .isAfter(clock.instant().plus(Duration.ofMinutes(40))));
    }

    @Test
    void sessionOfATaskThatEndedWhileTheAgentWasAwayIsHandedOver() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        sts.mood = StsInMemory.Mood.AWAY;
        reconciler.disconnected(HOST, tables.epochs.get(HOST));

        end(first);
        connect();
        settle();

        assertThat(served().launch()).isEqualTo(second.launch);
    }

    /**
     * The controller's process ends before its message arrives: the rows name the new lease, the agent the earlier one.
     */
    @Test
    void handOverUnknownToTheAgentIsCompletedAfterARestart() {
        SimulatedCluster.Run first = start(0);
        SimulatedCluster.Run second = start(1);
        sts.mood = StsInMemory.Mood.AWAY;
        delivers = false;
        end(first);
        assertThat(served().launch()).isEqualTo(first.launch);
        delivers = true;

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(served().launch()).isEqualTo(second.launch);
    }

    @Test
    void newSessionIsRequestedIfTheAgentDoesNotHoldItEither() {
        start(0);
        reconciler = newReconciler();
        show();
        connect();
        settle();
        int calls = sts.callsInAll();
        Lease lease = served();
        agent.served.clear();

        reconciler.notServed(HOST, lease.id(), lease.revision(), "this host holds no such session");
        settle();

        assertThat(served().id()).isEqualTo(lease.id());
        assertThat(sts.callsInAll()).isEqualTo(calls + 1);
    }

    @Test
    void nothingIsIssuedUntilANeighbourKnownFromARowIsListed() {
        SimulatedCluster.Run first = start(0);
        int calls = sts.callsInAll();
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        cluster.hidden.add(first.launch);
        policy.put("t1", differently());
        reconciler = newReconciler();
        start(1);
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

        end(first);
        assertThat(served().role()).isEqualTo(TestLaunches.role("b"));
    }

    @Test
    void taskIsServedOnceANeighbourKnownFromARowHasEnded() {
        SimulatedCluster.Run first = start(0);
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        cluster.hidden.add(first.launch);
        reconciler = newReconciler();
        SimulatedCluster.Run second = start(1);
        connect();
        settle();
        assertThat(served().launch()).as("owner of the lease until then").isEqualTo(first.launch);

        cluster.hidden.clear();
        end(first);

        assertThat(served().launch()).isEqualTo(second.launch);
    }

    @Test
    void refusalOfATaskIsKeptAfterTheEndOfAnUnlistedNeighboursLease() {
        SimulatedCluster.Run first = start(0);
        start(1);
        cluster.hidden.add(first.launch);
        reconciler = newReconciler();
        show();
        connect();
        settle();
        assertThat(served().launch()).isEqualTo(first.launch);

        policy.put("t1", new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
        reconciler.policyChanged();
        settle();

        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(tables.live()).isEmpty();
    }

    @Test
    void withdrawalFromATaskKnownFromARowAppliesToTheWholeContainer() {
        SimulatedCluster.Run first = start(0);
        start(1);
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

    private Decision decide(String task) {
        return policy.getOrDefault(
                task,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.of("in-{container}"), Optional.empty(), sharing, Prefetch.ALWAYS)));
    }

    private static Decision differently() {
        return TestLaunches.allowed(
                TestLaunches.entitlement("b", Optional.of("x"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS));
    }

    private Reconciler newReconciler() {
        Reconciler[] self = new Reconciler[1];
        self[0] = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        subject -> Map.of(
                                CredentialName.DEFAULT,
                                decide(subject.task().key().task().value())),
                        sts,
                        (_, delivery) -> deliver(self[0], delivery),
                        tables,
                        sts,
                        clock,
                        new Random(1)),
                tables.journal());
        self[0].restore(tables.live());
        self[0].withdrawalsChanged(tables.withdrawals);
        return self[0];
    }

    private boolean deliver(Reconciler from, Delivery delivery) {
        boolean here = delivers && from.equals(reconciler);
        if (here) {
            agent.receive(delivery);
            gap |= isUnserved();
        }
        return here;
    }

    private boolean isUnserved() {
        return agent.refused.containsKey(KEY)
                || agent.served.values().stream()
                        .noneMatch(it -> it.lease().container().equals(Optional.of(CONTAINER)));
    }

    private void connect() {
        reconciler.connected(HOST, tables.claim(HOST), agent.held(), Map.copyOf(agent.running), agent::sync);
        gap |= isUnserved();
    }

    /** Starts a task in the container. */
    private SimulatedCluster.Run start(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        agent.running.put(CONTAINER, 1L);
        reconciler.containers(HOST, Map.of(CONTAINER, 1L), Set.of());
        show();
        settle();
        return run;
    }

    private static void finish(SimulatedCluster.Run run) {
        run.over = true;
        run.state = TaskState.FINISHED;
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
    }

    /** Ends tasks. The container keeps running, because an executor outlives its tasks. */
    private void end(SimulatedCluster.Run... runs) {
        for (SimulatedCluster.Run run : runs) {
            finish(run);
        }
        show();
        settle();
    }

    private void show() {
        reconciler.changed(cluster.state(), cluster.runs.keySet());
    }

    private void pass(Duration time) {
        for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); settle()) {
            clock.advance(Duration.ofSeconds(30));
            agent.dropExpired(clock.instant());
        }
    }

    private void settle() {
        Steps.settle(reconciler, sts);
    }

    private void drain() {
        Steps.drain(reconciler);
    }

    private Lease served() {
        assertThat(agent.served).hasSize(1);
        return agent.served.values().iterator().next().lease();
    }
}
