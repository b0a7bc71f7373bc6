package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No state is kept for a launch that has ended, in whatever order its container's end, the master's report and late ask
 * messages arrive. {@link Remembered} finds every collection in the reconciler, including those that are added later.
 */
class EndedLaunchesTest {
    private static final CredentialName EXTRA = new CredentialName("extra");
    private static final List<MesosAgentId> HOSTS = SimulatedCluster.HOSTS;
    private static final Logger TRAIL = Logger.getLogger(AuditTrail.class.getName());

    /** Fields that may keep entries, because they are bounded or have the lifetime of the withdrawal rows. */
    private static final Set<String> KEPT = Set.of(
            "LeaseIndex.ended",
            "Withdrawals.rows",
            "Withdrawals.made",
            "WithdrawalIndex.byParts",
            "Hosts.hosts",
            "Hosts.alive",
            "PublishedState.ended",
            "PublishedState.running");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final Map<MesosAgentId, AgentInMemory> agents = new LinkedHashMap<>();
    private final Map<FrameworkId, Map<CredentialName, Decision>> policies = new HashMap<>();
    private final Reconciler reconciler = newReconciler();

    @BeforeAll
    static void quiet() {
        TRAIL.setLevel(Level.WARNING);
    }

    @AfterAll
    static void loud() {
        TRAIL.setLevel(null);
    }

    static Stream<Long> seeds() {
        return Stream.iterate(0L, seed -> seed + 1).limit(60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noStateIsKeptAfterAllLaunchesHaveEndedInAnyOrder(long seed) {
        Random random = new Random(seed);
        SimulatedCluster.FRAMEWORKS.forEach(framework -> policies.put(framework, randomPolicy(random)));
        HOSTS.forEach(this::connect);
        List<List<Runnable>> lives = new ArrayList<>();
        for (int task = 0; task < 30; task++) {
            lives.add(life(task, random));
        }

        while (!lives.isEmpty()) {
            List<Runnable> life = lives.get(random.nextInt(lives.size()));
            life.removeFirst().run();
            lives.removeIf(List::isEmpty);
            if (random.nextInt(3) > 0) {
                settle();
            }
            if (random.nextInt(20) == 0) {
                flap(HOSTS.get(random.nextInt(HOSTS.size())));
            }
            if (random.nextInt(40) == 0) {
                clock.advance(Duration.ofMinutes(random.nextInt(1, 10)));
            }
        }

        assertNoStateIsKept();
    }

    @Test
    void noRefusalIsKeptForAContainerThatEndsBeforeTheMasterReportsIt() {
        allowAll();
        connect(HOSTS.getFirst());

        for (int task = 0; task < 100; task++) {
            SimulatedCluster.Run run = running(task);
            agentSeesEnd(run);
            settle();
            masterReportsEnd(run);
            settle();
        }

        assertThat(reconciler.overview().refusals()).isEmpty();
    }

    @Test
    void askAfterItsContainersEndLeavesNoState() {
        connect(HOSTS.getFirst());
        SimulatedCluster.Run run = running(1);
        agentSeesEnd(run);
        settle();

        ask(run, EXTRA);
        settle();

        masterReportsEnd(run);
        assertThat(reconciler.overview().refusals()).isEmpty();
        assertNoStateIsKept();
    }

    @Test
    void endedTaskIsRefusedWhileItsContainerStillRuns() {
        allowAll();
        connect(HOSTS.getFirst());
        SimulatedCluster.Run run = running(1);

        masterReportsEnd(run);
        settle();

        assertThat(reconciler.overview().refusals()).extracting(Refusal::code).containsExactly(RefusalCode.ENDED);
        agentSeesEnd(run);
        assertNoStateIsKept();
    }

    @Test
    void refusalsOfAHostThatAnotherControllerClaimedAreForgotten() {
        connect(HOSTS.getFirst());
        SimulatedCluster.Run refused = running(1);
        ask(refused, EXTRA);
        settle();
        assertThat(reconciler.overview().refusals()).hasSize(1);
        allowAll();
        reconciler.policyChanged();
        tables.claim(HOSTS.getFirst());

        settle(); // issues a lease, which the journal rejects

        assertThat(reconciler.overview().refusals()).isEmpty();
    }

    private void assertNoStateIsKept() {
        passFullRounds();
        Set<io.mesosiam.mesos.Launch> all = Set.copyOf(cluster.runs.keySet());
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

    private static Map<CredentialName, Decision> randomPolicy(Random random) {
        Map<CredentialName, Decision> policy = new HashMap<>();
        for (CredentialName name : List.of(CredentialName.DEFAULT, EXTRA)) {
            switch (random.nextInt(5)) {
                case 0 -> policy.put(name, allow(Prefetch.ALWAYS, Optional.empty()));
                case 1 -> policy.put(name, allow(Prefetch.ON_ASK, Optional.empty()));
                case 2 -> policy.put(name, allow(Prefetch.ALWAYS, Optional.of(Duration.ofMinutes(5))));
                case 3 -> policy.put(name, new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
                default -> {
                    // no policy mentions the name
                }
            }
        }
        return policy;
    }

    private static Decision allow(Prefetch prefetch, Optional<Duration> ttl) {
        return TestLaunches.allowed(TestLaunches.entitlement("a", Optional.empty(), ttl, Sharing.TASK, prefetch));
    }

    private void allowAll() {
        SimulatedCluster.FRAMEWORKS.forEach(framework ->
                policies.put(framework, Map.of(CredentialName.DEFAULT, allow(Prefetch.ALWAYS, Optional.empty()))));
    }

    /** The events of a launch from its start to its end, with those that can occur in any order shuffled. */
    private List<Runnable> life(int task, Random random) {
        SimulatedCluster.Run run = cluster.start(
                SimulatedCluster.FRAMEWORKS.get(random.nextInt(2)), task, HOSTS.get(random.nextInt(HOSTS.size())));
        List<Runnable> start = shuffled(random, () -> agentSeesStart(run), () -> masterReportsRunning(run));
        List<Runnable> asks =
                shuffled(random, () -> ask(run, CredentialName.DEFAULT), () -> ask(run, EXTRA), () -> show(run));
        List<Runnable> end = shuffled(
                random,
                () -> agentSeesEnd(run),
                () -> masterReportsEnd(run),
                () -> ask(run, random.nextBoolean() ? EXTRA : CredentialName.DEFAULT));
        List<Runnable> life = new ArrayList<>(start);
        life.addAll(asks.subList(0, random.nextInt(asks.size() + 1)));
        life.addAll(end);
        return life;
    }

    private static List<Runnable> shuffled(Random random, Runnable... steps) {
        List<Runnable> list = new ArrayList<>(List.of(steps));
        Collections.shuffle(list, random);
        return list;
    }

    private SimulatedCluster.Run running(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOSTS.getFirst());
        agentSeesStart(run);
        masterReportsRunning(run);
        settle();
        return run;
    }

    private static ContainerId container(SimulatedCluster.Run run) {
        return ContainerId.of("c-" + run.launch.key().task().value());
    }

    private void agentSeesStart(SimulatedCluster.Run run) {
        AgentInMemory agent = agentOf(run);
        agent.running.put(container(run), 1L);
        if (agent.epoch.isPresent()) {
            ReportedContainers unused = reconciler.containers(agent.host, Map.of(container(run), 1L), Set.of());
        }
    }

    private void masterReportsRunning(SimulatedCluster.Run run) {
        run.container = Optional.of(container(run));
        run.state = TaskState.RUNNING;
        show(run);
    }

    private void agentSeesEnd(SimulatedCluster.Run run) {
        AgentInMemory agent = agentOf(run);
        agent.running.remove(container(run));
        if (agent.epoch.isPresent()) {
            ReportedContainers unused = reconciler.containers(agent.host, Map.of(), Set.of(container(run)));
        }
    }

    private void masterReportsEnd(SimulatedCluster.Run run) {
        run.over = true;
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        run.state = TaskState.FINISHED;
        show(run);
    }

    private void ask(SimulatedCluster.Run run, CredentialName name) {
        if (agentOf(run).epoch.isPresent()) {
            reconciler.asked(run.launch.key().agent(), container(run), name);
        }
    }

    private void show(SimulatedCluster.Run run) {
        reconciler.changed(cluster.state(), Set.of(run.launch));
    }

    private AgentInMemory agentOf(SimulatedCluster.Run run) {
        return agent(run.launch.key().agent());
    }

    private AgentInMemory agent(MesosAgentId host) {
        return agents.computeIfAbsent(host, AgentInMemory::new);
    }

    private void flap(MesosAgentId host) {
        AgentInMemory agent = agent(host);
        if (agent.epoch.isPresent()) {
            reconciler.disconnected(host, agent.epoch.get());
            agent.epoch = Optional.empty();
        } else {
            connect(host);
        }
    }

    private void connect(MesosAgentId host) {
        AgentInMemory agent = agent(host);
        long epoch = tables.claim(host);
        reconciler.connected(host, epoch, agent.held(), Map.copyOf(agent.running), agent::sync);
        agent.epoch = Optional.of(epoch);
    }

    private void settle() {
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
                        sts,
                        clock,
                        new Random(1)),
                tables.journal());
    }
}
