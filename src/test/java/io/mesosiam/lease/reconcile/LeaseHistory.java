package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One random history of a cluster, its policies, its hosts and its controllers, on one thread and in simulated time.
 * The invariants are checked after each event. At the end, all failures are repaired, and the final state must be
 * correct.
 */
final class LeaseHistory {
    private static final CredentialName EXTRA = new CredentialName("extra");
    private static final List<CredentialName> NAMES = List.of(CredentialName.DEFAULT, EXTRA);
    private static final List<Optional<Decision>> DECISIONS = List.of(
            allow("a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            allow("b", Optional.empty(), Optional.empty(), Sharing.ROLE, Prefetch.ALWAYS),
            allow("c", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ON_ASK),
            allow("d", Optional.empty(), Optional.of(Duration.ofHours(2)), Sharing.TASK, Prefetch.ALWAYS),
            allow("e", Optional.of("in-{container}"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            allow("f", Optional.of("impossible!"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            Optional.of(new Decision.Denied(TestLaunches.POLICY, "denied", List.of())),
            Optional.of(new Decision.Conflict(List.of(), Map.of(), "conflict", List.of())),
            Optional.empty());

    private final Random random;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final Map<FrameworkId, Map<CredentialName, Decision>> policies = new HashMap<>();
    private final Map<MesosAgentId, AgentInMemory> agents = new LinkedHashMap<>();
    private final Set<LeaseId> seenReaped = new HashSet<>();
    private final Set<Launch> forgotten = new HashSet<>();
    private final List<String> story = new ArrayList<>();
    private final List<Shared> shared = new ArrayList<>();
    private int containers;
    private Reconciler controller;
    private Optional<Reconciler> zombie = Optional.empty();

    /** What a container with several tasks was served when one of them ended, if the other tasks are given the same. */
    private record Shared(MesosAgentId host, AgentInMemory.Key key, String identityHash) {}

    LeaseHistory(long seed) {
        random = new Random(seed);
        SimulatedCluster.FRAMEWORKS.forEach(id -> {
            policies.put(id, new HashMap<>());
            policies.get(id).put(CredentialName.DEFAULT, DECISIONS.getFirst().orElseThrow());
        });
        SimulatedCluster.HOSTS.forEach(host -> agents.put(host, new AgentInMemory(host)));
        controller = newController();
        show(cluster.runs.keySet());
        agents.values().forEach(this::connect);
    }

    private static Optional<Decision> allow(
            String role, Optional<String> session, Optional<Duration> ttl, Sharing sharing, Prefetch prefetch) {
        Entitlement entitlement = TestLaunches.entitlement(role, session, ttl, sharing, prefetch);
        return Optional.of(TestLaunches.allowed(entitlement));
    }

    /** The events, for analysing a violated invariant. */
    @Override
    public String toString() {
        return String.join("\n", story);
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            happen();
            drain();
            check();
            checkShared();
        }
        repairEverything();
        checkFinalState();
    }

    private Reconciler newController() {
        Reconciler[] self = new Reconciler[1];
        self[0] = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        this::decide,
                        sts,
                        (host, delivery) -> deliver(self[0], host, delivery),
                        tables,
                        sts,
                        clock,
                        new Random(random.nextLong())),
                tables.journal());
        self[0].restore(tables.live());
        self[0].withdrawalsChanged(tables.withdrawals);
        return self[0];
    }

    private Map<CredentialName, Decision> decide(Subject subject) {
        if (subject.framework().isEmpty()) {
            Decision pending = new Decision.Pending("framework not visible");
            return Map.of(CredentialName.DEFAULT, pending, EXTRA, pending);
        }
        return Map.copyOf(policies.get(subject.task().key().framework()));
    }

    private boolean deliver(Reconciler from, MesosAgentId host, Delivery delivery) {
        AgentInMemory agent = agents.get(host);
        boolean here = from.equals(controller) && agent.epoch.isPresent();
        if (here) {
            agent.receive(delivery);
        }
        return here;
    }

    private void happen() {
        switch (random.nextInt(22)) {
            case 0, 1, 2 -> startTask();
            case 3, 4, 5 -> pick(cluster.running()).ifPresent(this::progress);
            case 6, 7 -> pick(cluster.running()).ifPresent(this::endTask);
            case 8 -> pick(cluster.running()).ifPresent(this::loseSight);
            case 9 -> failOver();
            case 10 -> returnToSight();
            case 11 -> changePolicy();
            case 12 -> pick(cluster.running()).ifPresent(this::withdraw);
            case 13 -> pick(List.copyOf(agents.values())).ifPresent(this::flap);
            case 14 -> restart();
            case 15 ->
                log("sts "
                        + (sts.mood = pick(List.of(StsInMemory.Mood.values())).orElseThrow()));
            case 16, 17, 18 -> sts.answerOne();
            case 19 -> pick(cluster.running()).ifPresent(this::ask);
            case 20 -> pass(Duration.ofSeconds(random.nextInt(1, 1500)));
            default -> repeat();
        }
    }

    private void startTask() {
        FrameworkId framework = pick(SimulatedCluster.FRAMEWORKS).orElseThrow();
        MesosAgentId host = pick(SimulatedCluster.HOSTS).orElseThrow();
        int task = random.nextInt(4);
        boolean runs = cluster.running().stream()
                .anyMatch(run -> run.launch.key().framework().equals(framework)
                        && run.launch.key().agent().equals(host)
                        && run.launch.key().task().value().equals("t" + task));
        if (!runs) {
            SimulatedCluster.Run run = cluster.start(framework, task, host);
            log("start " + run.launch);
            show(Set.of(run.launch));
        }
    }

    /** Every third container belongs to an executor that several tasks of the framework share. */
    private void progress(SimulatedCluster.Run run) {
        if (run.container.isEmpty()) {
            ContainerId container =
                    random.nextInt(3) == 0 ? cluster.neighbourOf(run).orElse(newContainer()) : newContainer();
            run.container = Optional.of(container);
            agents.get(run.launch.key().agent()).running.put(container, 1L);
            reportStarted(run.launch.key().agent(), container);
        }
        run.state = TaskState.RUNNING;
        log("running " + run.launch + " in " + run.container);
        show(Set.of(run.launch));
    }

    private ContainerId newContainer() {
        return ContainerId.of(
                "c-" + UUID.nameUUIDFromBytes(new byte[] {(byte) ++containers, (byte) (containers >> 8)}));
    }

    private void reportStarted(MesosAgentId host, ContainerId container) {
        if (agents.get(host).epoch.isPresent()) {
            controller.containers(host, Map.of(container, 1L), Set.of());
        }
    }

    private void endTask(SimulatedCluster.Run run) {
        log("end " + run.launch);
        AgentInMemory agent = agents.get(run.launch.key().agent());
        boolean shared = cluster.shares(run);
        expectNoGap(run);
        run.over = true;
        boolean byAgent = !shared && run.container.isPresent() && agent.epoch.isPresent() && random.nextBoolean();
        if (!shared) {
            run.container.ifPresent(agent.running::remove);
        }
        if (byAgent) {
            controller.containers(agent.host, Map.of(), Set.of(run.container.orElseThrow()));
        }
        if (!byAgent || random.nextBoolean()) {
            run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
            run.state = TaskState.FINISHED;
            show(Set.of(run.launch));
        }
    }

    /** Expects that the container keeps a session that all its other tasks are given. */
    private void expectNoGap(SimulatedCluster.Run ending) {
        AgentInMemory agent = agents.get(ending.launch.key().agent());
        List<SimulatedCluster.Run> others = cluster.running().stream()
                .filter(run -> !run.equals(ending) && run.container.isPresent())
                .filter(run -> run.container.equals(ending.container)
                        && run.launch.key().agent().equals(agent.host))
                .toList();
        boolean decided = others.stream()
                .allMatch(run -> !cluster.hidden.contains(run.launch)
                        && !cluster.unseenFrameworks.contains(run.launch.key().framework()));
        if (others.isEmpty() || agent.epoch.isEmpty() || !decided) {
            return;
        }
        ContainerId container = ending.container.orElseThrow();
        agent.served.values().stream()
                .filter(it -> it.lease().container().equals(Optional.of(container)))
                .filter(it -> Stream.concat(others.stream(), Stream.of(ending))
                        .allMatch(run -> identity(run, it.lease().name())
                                        .map(SessionIdentity::hash)
                                        .equals(Optional.of(it.lease().identityHash()))
                                && tables.withdrawals.stream()
                                        .noneMatch(row -> row.covers(new LeaseKey(
                                                run.launch, it.lease().name())))))
                .filter(it -> it.lease()
                        .until()
                        .filter(end -> !clock.instant().isBefore(end))
                        .isEmpty())
                .map(it -> new Shared(
                        agent.host,
                        new AgentInMemory.Key(container, it.lease().name()),
                        it.lease().identityHash()))
                .filter(it -> !agent.refused.containsKey(it.key()))
                .forEach(shared::add);
    }

    private void checkShared() {
        shared.forEach(it -> {
            AgentInMemory agent = agents.get(it.host());
            assertThat(agent.served.values())
                    .as("still served: " + it)
                    .anyMatch(served -> served.lease().identityHash().equals(it.identityHash())
                            && served.lease()
                                    .container()
                                    .equals(Optional.of(it.key().container()))
                            && served.lease().name().equals(it.key().name()));
            assertThat(agent.refused.keySet()).as("not refused").doesNotContain(it.key());
        });
        shared.clear();
    }

    private void loseSight(SimulatedCluster.Run run) {
        log("out of sight " + run.launch);
        if (random.nextBoolean()) {
            cluster.hidden.add(run.launch);
        } else {
            run.state = TaskState.UNREACHABLE;
        }
        show(Set.of(run.launch));
    }

    private void failOver() {
        log("fail over to an empty master");
        cluster.led = random.nextBoolean();
        cluster.unseenFrameworks.addAll(SimulatedCluster.FRAMEWORKS);
        if (random.nextBoolean()) {
            cluster.hidden.addAll(cluster.runs.keySet());
        }
        show(cluster.runs.keySet());
    }

    private void returnToSight() {
        log("all in sight");
        cluster.led = true;
        cluster.unseenFrameworks.clear();
        cluster.hidden.clear();
        cluster.running().stream()
                .filter(run -> run.state == TaskState.UNREACHABLE)
                .forEach(run -> run.state = TaskState.RUNNING);
        show(cluster.runs.keySet());
    }

    private void changePolicy() {
        FrameworkId framework = pick(SimulatedCluster.FRAMEWORKS).orElseThrow();
        CredentialName name = pick(NAMES).orElseThrow();
        Optional<Decision> decision = pick(DECISIONS).orElseThrow();
        log("policy " + framework + " " + name + " " + decision.map(Decision::summary) + " "
                + decision.map(Object::toString).orElse("none"));
        policies.get(framework).remove(name);
        decision.ifPresent(it -> policies.get(framework).put(name, it));
        controllers().forEach(Reconciler::policyChanged);
    }

    private void withdraw(SimulatedCluster.Run run) {
        LeaseKey key = new LeaseKey(run.launch, pick(NAMES).orElseThrow());
        log("withdraw " + key);
        tables.withdrawals.add(Withdrawal.of(key, "revoked"));
        controllers().forEach(it -> it.withdrawalsChanged(tables.withdrawals));
    }

    private void flap(AgentInMemory agent) {
        if (agent.epoch.isPresent()) {
            log("disconnect " + agent.host);
            controller.disconnected(agent.host, agent.epoch.get());
            agent.epoch = Optional.empty();
        } else {
            connect(agent);
        }
    }

    /** One in four agents reconnects without its leases. */
    private void connect(AgentInMemory agent) {
        if (random.nextInt(4) == 0) {
            agent.served.clear();
        }
        log("connect " + agent.host + " holding " + agent.served.keySet());
        long epoch = tables.claim(agent.host);
        controller.connected(agent.host, epoch, agent.held(), Map.copyOf(agent.running), agent::sync);
        agent.epoch = Optional.of(epoch);
    }

    private void restart() {
        log("restart");
        zombie = Optional.of(controller);
        agents.values().forEach(agent -> agent.epoch = Optional.empty());
        controller = newController();
        if (random.nextBoolean()) {
            show(cluster.runs.keySet());
        }
        agents.values().stream().filter(_ -> random.nextInt(4) > 0).forEach(this::connect);
        show(cluster.runs.keySet());
    }

    private void ask(SimulatedCluster.Run run) {
        AgentInMemory agent = agents.get(run.launch.key().agent());
        if (run.container.isPresent() && agent.epoch.isPresent()) {
            CredentialName name = pick(NAMES).orElseThrow();
            log("ask " + run.launch + " " + name);
            controller.asked(agent.host, run.container.get(), name);
        }
    }

    private void pass(Duration time) {
        log("pass " + time);
        clock.advance(time);
        agents.values().forEach(agent -> agent.dropExpired(clock.instant()));
    }

    /** Repeats a hint about a random launch. */
    private void repeat() {
        show(pick(List.copyOf(cluster.runs.keySet())).map(Set::of).orElse(Set.of()));
    }

    /** Loses one hint in five. */
    private void show(Set<Launch> touched) {
        Set<Launch> hinted = touched.stream().filter(_ -> random.nextInt(5) > 0).collect(Collectors.toSet());
        controllers().forEach(it -> forgotten.addAll(it.changed(cluster.state(), hinted)));
    }

    private List<Reconciler> controllers() {
        return zombie.map(old -> List.of(old, controller)).orElse(List.of(controller));
    }

    private void drain() {
        for (Reconciler each : controllers()) {
            int steps = 0;
            while (each.step()) {
                assertThat(++steps).as("steps until nothing is left to do").isLessThan(5_000);
            }
        }
    }

    private void check() {
        List<Lease> known = controller.overview().leases();
        List<Lease> live = known.stream().filter(Lease::isLive).toList();
        assertThat(live.stream().map(Lease::key)).as("one lease per key").doesNotHaveDuplicates();
        live.forEach(lease -> assertThat(live)
                .as("one lease per container and name")
                .noneMatch(other -> !other.id().equals(lease.id()) && JournalInMemory.isSamePlace(other, lease)));
        known.stream()
                .filter(lease -> !lease.isLive() && seenReaped.add(lease.id()))
                .forEach(lease -> assertThat(isOver(lease))
                        .as("reaped for a reason: " + lease)
                        .isTrue());
        Set<LeaseId> ids = live.stream().map(Lease::id).collect(Collectors.toSet());
        agents.values().stream().filter(agent -> agent.epoch.isPresent()).forEach(agent -> assertThat(ids)
                .as("what " + agent.host + " serves is a live lease")
                .containsAll(agent.served.keySet()));
        live.stream()
                .filter(lease -> agents.get(lease.host()).epoch.isPresent())
                .forEach(lease -> assertThat(tables.withdrawals)
                        .as("nothing withdrawn is live: " + lease)
                        .noneMatch(withdrawal -> withdrawal.covers(lease.key())));
    }

    /** Whether a fact or a decision ends the lease; a task that isn't seen does not. */
    private boolean isOver(Lease lease) {
        SimulatedCluster.Run run = cluster.runs.get(lease.launch());
        if (run.over || tables.withdrawals.stream().anyMatch(it -> it.covers(lease.key()))) {
            return true;
        }
        return cluster.shares(run)
                || !identity(run, lease.name()).map(SessionIdentity::hash).equals(Optional.of(lease.identityHash()));
    }

    private Optional<SessionIdentity> identity(SimulatedCluster.Run run, CredentialName name) {
        Decision decision = policies.get(run.launch.key().framework()).get(name);
        if (!(decision instanceof Decision.Allowed allowed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(sts.identity(
                    allowed.entitlement(),
                    name,
                    TestLaunches.task(run.launch, run.state, run.container, run.reportedEnd)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void repairEverything() {
        log("everything is repaired");
        sts.mood = StsInMemory.Mood.GIVING;
        cluster.runs.values().stream().filter(run -> run.over).forEach(run -> {
            run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
            run.state = TaskState.FINISHED;
        });
        returnToSight();
        for (int i = 0; i < 8; i++) {
            agents.values().stream().filter(agent -> agent.epoch.isEmpty()).forEach(this::connect);
            settle();
            pass(Duration.ofMinutes(4));
            settle();
        }
        show(Set.of());
    }

    private void settle() {
        do {
            drain();
        } while (sts.answerOne());
        check();
    }

    private void checkFinalState() {
        List<Lease> live =
                controller.overview().leases().stream().filter(Lease::isLive).toList();
        assertThat(live).as("no lease outlives its task").noneMatch(lease -> cluster.runs.get(lease.launch()).over);
        assertThat(tables.live()).as("the rows are equal").hasSameElementsAs(live);
        assertThat(cluster.runs.values().stream().filter(run -> run.over).map(run -> run.launch))
                .as("ended launches are forgotten")
                .allMatch(forgotten::contains);
        cluster.running().stream()
                .filter(run -> run.container.isPresent() && !cluster.shares(run))
                .forEach(run -> NAMES.forEach(name -> checkServed(run, name)));
    }

    private void checkServed(SimulatedCluster.Run run, CredentialName name) {
        LeaseKey key = new LeaseKey(run.launch, name);
        boolean given =
                identity(run, name).isPresent() && tables.withdrawals.stream().noneMatch(it -> it.covers(key));
        boolean due = given
                && policies.get(run.launch.key().framework()).get(name) instanceof Decision.Allowed allowed
                && allowed.entitlement().prefetch() == Prefetch.ALWAYS;
        List<AgentInMemory.Served> served = agents.get(run.launch.key().agent()).served.values().stream()
                .filter(it -> it.lease().key().equals(key))
                .toList();
        if (given) {
            assertThat(agents.get(run.launch.key().agent()).refused.keySet())
                    .as("not refused: " + key)
                    .doesNotContain(new AgentInMemory.Key(run.container.orElseThrow(), name));
        }
        if (due) {
            assertThat(served).as("served: " + key).hasSize(1);
            assertThat(served.getFirst().lease().container()).isEqualTo(run.container);
            assertThat(served.getFirst().expiration())
                    .isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(16)));
        }
    }

    private <T> Optional<T> pick(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    private void log(String what) {
        story.add(clock.instant() + " " + what);
    }
}
