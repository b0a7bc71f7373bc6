package io.mesosiam.lease.history;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One random history of a cluster, its policies, its hosts and its controllers: the events that happen to a {@link
 * SimulatedDeployment}. The {@link LeaseInvariants} and the {@link KeptSessions} are checked after each event. At the
 * end, all failures are repaired, and the final state must be correct.
 */
final class LeaseHistory {
    private final Random random;
    private final SimulatedDeployment deployment;
    private final SimulatedCluster cluster;
    private final LeaseInvariants invariants;
    private final KeptSessions kept;
    private final List<String> story = new ArrayList<>();
    private final Optional<RandomRevocations> revocations;
    private int containers;

    LeaseHistory(long seed) {
        this(seed, false);
    }

    /** @param given whether withdrawals are of what a policy or an IAM role gives, and are lifted */
    LeaseHistory(long seed, boolean given) {
        random = new Random(seed);
        deployment = new SimulatedDeployment(random.nextLong());
        cluster = deployment.cluster;
        revocations = Optional.of(new RandomRevocations(new Random(~seed), deployment))
                .filter(_ -> given);
        invariants = new LeaseInvariants(deployment);
        kept = new KeptSessions(deployment);
        show(cluster.runs.keySet());
        deployment.agents.values().forEach(this::connect);
    }

    /** The events, for analysing a violated invariant. */
    @Override
    public String toString() {
        return String.join("\n", story);
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            happen();
            deployment.drain();
            invariants.check();
            kept.check();
        }
        repairEverything();
        invariants.checkFinalState();
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
            case 13 -> pick(List.copyOf(deployment.agents.values())).ifPresent(this::flap);
            case 14 -> restart();
            case 15 ->
                log("sts "
                        + (deployment.sts.mood =
                                pick(List.of(StsInMemory.Mood.values())).orElseThrow()));
            case 16, 17, 18 -> deployment.sts.answerOne();
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
            deployment.startContainer(deployment.agentOf(run), container);
        }
        run.state = TaskState.RUNNING;
        log("running " + run.launch + " in " + run.container);
        show(Set.of(run.launch));
    }

    private ContainerId newContainer() {
        return ContainerId.of(
                "c-" + UUID.nameUUIDFromBytes(new byte[] {(byte) ++containers, (byte) (containers >> 8)}));
    }

    private void endTask(SimulatedCluster.Run run) {
        log("end " + run.launch);
        AgentInMemory agent = deployment.agentOf(run);
        boolean shared = cluster.shares(run);
        kept.expectAfter(run);
        run.over = true;
        boolean byAgent = !shared && run.container.isPresent() && agent.epoch.isPresent() && random.nextBoolean();
        if (!shared) {
            run.container.ifPresent(agent.running::remove);
        }
        if (byAgent) {
            deployment.controller.containers(agent.host, Map.of(), Set.of(run.container.orElseThrow()));
        }
        if (!byAgent || random.nextBoolean()) {
            run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
            run.state = TaskState.FINISHED;
            show(Set.of(run.launch));
        }
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
        CredentialName name = pick(HistoryPolicies.NAMES).orElseThrow();
        Optional<Decision> decision = pick(HistoryPolicies.DECISIONS).orElseThrow();
        log("policy " + framework + " " + name + " " + decision.map(Decision::summary) + " "
                + decision.map(Object::toString).orElse("none"));
        deployment.policies.set(framework, name, decision);
        deployment.controllers().forEach(each -> each.policies().changed(1));
    }

    private void withdraw(SimulatedCluster.Run run) {
        LeaseKey key = new LeaseKey(run.launch, pick(HistoryPolicies.NAMES).orElseThrow());
        if (revocations.isPresent()) {
            log(revocations.get().next(run));
        } else {
            log("withdraw " + key);
            deployment.withdraw(Withdrawal.of(key, "revoked"));
        }
    }

    private void flap(AgentInMemory agent) {
        if (agent.epoch.isPresent()) {
            log("disconnect " + agent.host);
            deployment.disconnect(agent);
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
        deployment.connect(agent);
    }

    private void restart() {
        log("restart");
        deployment.replaceController(random.nextLong());
        if (random.nextBoolean()) {
            show(cluster.runs.keySet());
        }
        deployment.agents.values().stream().filter(_ -> random.nextInt(4) > 0).forEach(this::connect);
        show(cluster.runs.keySet());
    }

    private void ask(SimulatedCluster.Run run) {
        AgentInMemory agent = deployment.agentOf(run);
        if (run.container.isPresent() && agent.epoch.isPresent()) {
            CredentialName name = pick(HistoryPolicies.NAMES).orElseThrow();
            log("ask " + run.launch + " " + name);
            deployment.controller.asked(agent.host, run.container.get(), name);
        }
    }

    private void pass(Duration time) {
        log("pass " + time);
        deployment.pass(time);
    }

    /** Repeats a hint about a random launch. */
    private void repeat() {
        show(pick(List.copyOf(cluster.runs.keySet())).map(Set::of).orElse(Set.of()));
    }

    /** Loses one hint in five. */
    private void show(Set<Launch> touched) {
        deployment.show(touched.stream().filter(_ -> random.nextInt(5) > 0).collect(Collectors.toSet()));
    }

    private void repairEverything() {
        log("everything is repaired");
        deployment.sts.mood = StsInMemory.Mood.GIVING;
        cluster.runs.values().stream().filter(run -> run.over).forEach(run -> {
            run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
            run.state = TaskState.FINISHED;
        });
        returnToSight();
        for (int i = 0; i < 8; i++) {
            deployment.agents.values().stream()
                    .filter(agent -> agent.epoch.isEmpty())
                    .forEach(this::connect);
            settle();
            pass(Duration.ofMinutes(4));
            settle();
        }
        show(Set.of());
    }

    private void settle() {
        do {
            deployment.drain();
        } while (deployment.sts.answerOne());
        invariants.check();
    }

    private <T> Optional<T> pick(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    private void log(String what) {
        story.add(deployment.clock.instant() + " " + what);
    }
}
