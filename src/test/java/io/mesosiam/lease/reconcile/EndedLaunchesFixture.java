package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A controller's reconciler with the agents of several hosts, a cluster, STS and the tables. It receives the start and
 * the end of a container from the agent and from the master separately, in any order.
 */
abstract class EndedLaunchesFixture {
    static final CredentialName EXTRA = new CredentialName("extra");
    static final List<MesosAgentId> HOSTS = SimulatedCluster.HOSTS;
    private static final Logger TRAIL = Logger.getLogger(AuditTrail.class.getName());

    /**
     * Fields that may keep entries, because they are bounded, have an entry for each connected host, or have the lifetime of
     * the withdrawal rows.
     */
    private static final Set<String> KEPT = Set.of(
            "LeaseIndex.ended",
            "Withdrawals.rows",
            "Withdrawals.made",
            "WithdrawalIndex.byParts",
            "Hosts.hosts",
            "Hosts.alive",
            "PolicyProgress.applied",
            "PolicyProgress.unsent",
            "PolicyEffect.hosts",
            "PublishedState.ended",
            "PublishedState.running");

    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final SimulatedCluster cluster = new SimulatedCluster();
    final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final Map<MesosAgentId, AgentInMemory> agents = new LinkedHashMap<>();
    final Map<FrameworkId, Map<CredentialName, Decision>> policies = new HashMap<>();
    final Reconciler reconciler = newReconciler();

    @BeforeAll
    static void quiet() {
        TRAIL.setLevel(Level.WARNING);
    }

    @AfterAll
    static void loud() {
        TRAIL.setLevel(null);
    }

    /** Verifies that no state is left, neither of ended launches nor of those that the cluster no longer has. */
    void assertNoStateIsKept() {
        passFullRounds();
        Set<Launch> all = Set.copyOf(cluster.runs.keySet());
        cluster.runs.clear();
        reconciler.changed(cluster.state(), all);
        passFullRounds();

        assertThat(reconciler.overview().leases()).noneMatch(Lease::isLive);
        assertThat(new Remembered(KEPT).in(reconciler)).isEmpty();
    }

    private void passFullRounds() {
        for (int i = 0; i < 8; i++) {
            settle();
            clock.advance(Duration.ofMinutes(3));
        }
        settle();
    }

    static Decision allow(Prefetch prefetch, Optional<Duration> ttl) {
        return TestLaunches.allowed(TestLaunches.entitlement("a", Optional.empty(), ttl, Sharing.TASK, prefetch));
    }

    void allowAll() {
        SimulatedCluster.FRAMEWORKS.forEach(framework ->
                policies.put(framework, Map.of(CredentialName.DEFAULT, allow(Prefetch.ALWAYS, Optional.empty()))));
    }

    SimulatedCluster.Run running(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOSTS.getFirst());
        agentSeesStart(run);
        masterReportsRunning(run);
        settle();
        return run;
    }

    private static ContainerId container(SimulatedCluster.Run run) {
        return ContainerId.of("c-" + run.launch.key().task().value());
    }

    void agentSeesStart(SimulatedCluster.Run run) {
        AgentInMemory agent = agentOf(run);
        agent.running.put(container(run), since(1));
        if (agent.epoch.isPresent()) {
            ReportOutcome unused = reconciler.containers(agent.host, Map.of(container(run), since(1)), Set.of());
        }
    }

    void masterReportsRunning(SimulatedCluster.Run run) {
        run.container = Optional.of(container(run));
        run.state = TaskState.RUNNING;
        show(run);
    }

    void agentSeesEnd(SimulatedCluster.Run run) {
        AgentInMemory agent = agentOf(run);
        agent.running.remove(container(run));
        if (agent.epoch.isPresent()) {
            ReportOutcome unused = reconciler.containers(agent.host, Map.of(), Set.of(container(run)));
        }
    }

    void masterReportsEnd(SimulatedCluster.Run run) {
        run.over = true;
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        run.state = TaskState.FINISHED;
        show(run);
    }

    void ask(SimulatedCluster.Run run, CredentialName name) {
        if (agentOf(run).epoch.isPresent()) {
            reconciler.asked(run.launch.key().agent(), container(run), name);
        }
    }

    void show(SimulatedCluster.Run run) {
        reconciler.changed(cluster.state(), Set.of(run.launch));
    }

    private AgentInMemory agentOf(SimulatedCluster.Run run) {
        return agent(run.launch.key().agent());
    }

    private AgentInMemory agent(MesosAgentId host) {
        return agents.computeIfAbsent(host, AgentInMemory::new);
    }

    void flap(MesosAgentId host) {
        AgentInMemory agent = agent(host);
        if (agent.epoch.isPresent()) {
            reconciler.disconnected(host, agent.epoch.get());
            agent.epoch = Optional.empty();
        } else {
            connect(host);
        }
    }

    void connect(MesosAgentId host) {
        AgentInMemory agent = agent(host);
        long epoch = tables.claim(host);
        reconciler.connected(host, new Ownership(epoch, false), agent.held(), Map.copyOf(agent.running), agent::sync);
        agent.epoch = Optional.of(epoch);
    }

    void settle() {
        Steps.settle(reconciler, sts);
    }

    private Reconciler newReconciler() {
        return new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        subject -> policies.getOrDefault(subject.task().key().framework(), Map.of()),
                        sts,
                        (host, delivery) -> {
                            agent(host).receive(delivery);
                            return true;
                        },
                        tables,
                        GrantRows.NONE,
                        sts,
                        clock,
                        new Random(1),
                        _ -> {}),
                tables.journal());
    }
}
