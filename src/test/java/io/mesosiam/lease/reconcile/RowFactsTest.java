package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a lease row states of a launch that this controller did not see start, or that no master has listed to it. */
class RowFactsTest {
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final ContainerId CONTAINER = ContainerId.of("c1");
    private static final CredentialName EXTRA = new CredentialName("extra");
    private static final Decision SHARED = TestLaunches.allowed(
            TestLaunches.entitlement("a", Optional.empty(), Optional.empty(), Sharing.ROLE, Prefetch.ALWAYS));
    private static final Decision WITHHELD = new Decision.NoMatch("it is sensitive", List.of());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private final Map<CredentialName, Decision> policy = new HashMap<>(Map.of(CredentialName.DEFAULT, SHARED));
    private boolean sensitive;
    private Optional<Reconciler> connected = Optional.empty();

    @Test
    void sensitiveLeaseIsKeptByAControllerThatDidNotWitnessItsLaunch() {
        sensitive = true;
        Reconciler first = controller();
        Reconciler second = controller();
        connect(first);
        SimulatedCluster.Run run = start(0);
        show(first, cluster.state());
        show(second, reported());

        connect(second);
        settle(second);

        assertThat(agent.served.values()).extracting(it -> it.lease().launch()).containsExactly(run.launch);
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void sensitiveLeaseIsKeptByAControllerWhoseStateShowsItsLaunchLaterUnderAnotherNumber() {
        sensitive = true;
        Reconciler first = controller();
        Reconciler second = controller();
        SimulatedCluster.Run earlier = start(0);
        start(0);
        cluster.runs.remove(earlier.launch);
        connect(first);
        show(first, cluster.state());
        cluster.runs.clear();
        show(second, cluster.state());
        connect(second);
        settle(second);

        Set<LeaseId> held = Set.copyOf(agent.served.keySet());
        start(0);
        show(second, reported());

        assertThat(held).hasSize(1);
        assertThat(agent.served).containsOnlyKeys(held);
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void sensitiveLeaseOfALaunchThatNoControllerWitnessedIsNotKept() {
        Reconciler first = controller();
        Reconciler second = controller();
        connect(first);
        start(0);
        show(first, reported());
        show(second, reported());
        sensitive = true;

        connect(second);
        settle(second);

        assertThat(agent.served).isEmpty();
    }

    @Test
    void leaseIsRenewedByAControllerThatNumbersItsLaunchDifferently() {
        Reconciler first = controller();
        Reconciler second = controller();
        SimulatedCluster.Run earlier = start(0);
        SimulatedCluster.Run again = start(0);
        cluster.runs.remove(earlier.launch);
        ClusterState numbered = cluster.state();
        cluster.runs.clear();
        SimulatedCluster.Run same = start(0);
        assertThat(same.launch).isNotEqualTo(again.launch);
        connect(first);
        first.changed(numbered, numbered.launches().keySet());
        settle(first);
        show(second, cluster.state());

        connect(second);
        settle(second);
        for (int minute = 0; minute < 90; minute++) {
            clock.advance(Duration.ofMinutes(1));
            agent.dropExpired(clock.instant());
            settle(second);
        }

        assertThat(agent.served.values()).extracting(it -> it.lease().launch()).containsExactly(same.launch);
        assertThat(tables.live()).hasSize(1);
    }

    @Test
    void leaseOfAnEarlierLaunchInAnotherContainerIsNotTakenOver() {
        Reconciler first = controller();
        Reconciler second = controller();
        connect(first);
        start(0);
        show(first, cluster.state());
        cluster.runs.clear();
        SimulatedCluster.Run other = start(0);
        other.container = Optional.of(ContainerId.of("c2"));
        agent.running.put(ContainerId.of("c2"), since(1));
        show(second, cluster.state());

        connect(second);
        settle(second);

        assertThat(agent.served.values())
                .extracting(it -> it.lease().container())
                .doesNotContain(other.container);
    }

    @Test
    void withdrawalFromATaskOfWhichOnlyARowOfAnotherNameIsKnownAppliesToTheContainer() {
        Reconciler restarted = restartedWithAnUnlistedNeighbour();

        withdraw(restarted, CredentialName.DEFAULT);

        assertThat(served()).containsExactly(EXTRA);
        assertThat(agent.refused
                        .get(new AgentInMemory.Key(CONTAINER, CredentialName.DEFAULT))
                        .code())
                .isEqualTo(RefusalCode.WITHDRAWN);
    }

    @Test
    void withdrawalOfOneNameFromAnUnlistedTaskLeavesTheOtherName() {
        Reconciler restarted = restartedWithAnUnlistedNeighbour();

        withdraw(restarted, EXTRA);

        assertThat(served()).containsExactly(CredentialName.DEFAULT);
    }

    /** The second task has the lease of the name {@code default}; the first, unlisted one has that of {@code extra}. */
    private Reconciler restartedWithAnUnlistedNeighbour() {
        Reconciler first = controller();
        connect(first);
        start(1);
        show(first, cluster.state());
        SimulatedCluster.Run unlisted = start(0);
        show(first, cluster.state());
        policy.put(EXTRA, SHARED);
        first.policies().changed(1);
        settle(first);
        cluster.hidden.add(unlisted.launch);
        Reconciler restarted = controller();
        show(restarted, cluster.state());
        connect(restarted);
        settle(restarted);
        assertThat(served()).containsExactlyInAnyOrder(CredentialName.DEFAULT, EXTRA);
        return restarted;
    }

    private void withdraw(Reconciler from, CredentialName name) {
        Launch unlisted = cluster.hidden.iterator().next();
        tables.withdrawals.add(Withdrawal.of(new LeaseKey(unlisted, name), "revoked"));
        from.withdrawalsChanged(tables.withdrawals);
        settle(from);
    }

    private Reconciler controller() {
        Reconciler[] self = new Reconciler[1];
        self[0] = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        this::decide,
                        sts,
                        (_, delivery) -> {
                            boolean here = connected.equals(Optional.of(self[0]));
                            if (here) {
                                agent.receive(delivery);
                            }
                            return here;
                        },
                        tables,
                        GrantRows.NONE,
                        sts,
                        clock,
                        new Random(1),
                        _ -> {}),
                tables.journal());
        self[0].restore(tables.live());
        return self[0];
    }

    private Map<CredentialName, Decision> decide(Subject subject) {
        return sensitive && !subject.witnessed() ? Map.of(CredentialName.DEFAULT, WITHHELD) : Map.copyOf(policy);
    }

    private void connect(Reconciler to) {
        connected = Optional.of(to);
        to.connected(
                HOST, new Ownership(tables.claim(HOST), false), agent.held(), Map.copyOf(agent.running), agent::sync);
    }

    private SimulatedCluster.Run start(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        agent.running.put(CONTAINER, since(1));
        return run;
    }

    private void show(Reconciler to, ClusterState state) {
        to.changed(state, cluster.runs.keySet());
        settle(to);
    }

    private void settle(Reconciler reconciler) {
        Steps.settle(reconciler, sts);
    }

    /** The cluster's state as seen by a controller that did not see the launches. */
    private ClusterState reported() {
        ClusterState state = cluster.state();
        Map<Launch, LaunchedTask> launches = state.launches().values().stream()
                .map(task -> new LaunchedTask(task.launch(), task.task(), false, task.end()))
                .collect(Collectors.toMap(LaunchedTask::launch, task -> task));
        return new ClusterState(
                state.version(),
                state.leader(),
                state.masterAnswers(),
                state.enforcement(),
                state.view(),
                state.frameworks(),
                state.agents(),
                launches);
    }

    private List<CredentialName> served() {
        return agent.served.values().stream()
                .flatMap(it -> Stream.of(it.lease().name()))
                .toList();
    }
}
