package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.preview.Effect;
import io.mesosiam.preview.Preview;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One random history of a cluster whose policies are rows. Before each change of the rows the effects are previewed;
 * then the change is made, and what the reconciler does must be what was previewed.
 */
final class PreviewedHistory {
    private final Random random;
    private final SimulatedDeployment deployment;
    private final SimulatedCluster cluster;
    private final RandomRows rows;
    private final List<String> story = new ArrayList<>();
    private PolicySet policies;
    private int containers;
    /** The number of effects that were previewed, so that a test can tell that there were any. */
    int effects;

    int ended;

    PreviewedHistory(long seed) {
        random = new Random(seed);
        deployment = new SimulatedDeployment(random.nextLong());
        cluster = deployment.cluster;
        rows = new RandomRows(random);
        policies = PolicySet.of(1, rows.some());
        deployment.decider = subject -> policies.outcomes(subject);
        show();
        deployment.agents.values().forEach(deployment::connect);
    }

    @Override
    public String toString() {
        return String.join("\n", story);
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            happen();
            deployment.drain();
        }
    }

    private void happen() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> startTask();
            case 3, 4, 5 -> pick(cluster.running()).ifPresent(this::progress);
            case 6 -> pick(cluster.running()).ifPresent(this::endTask);
            case 7 -> pick(cluster.running()).ifPresent(this::withdraw);
            case 8 -> pick(cluster.running()).ifPresent(this::ask);
            case 9 -> deployment.pass(Duration.ofSeconds(random.nextInt(1, 900)));
            case 10 -> hide();
            case 11 -> flap();
            case 12, 13 -> {
                while (deployment.sts.answerOne()) {
                    deployment.drain();
                }
            }
            default -> changePolicies();
        }
    }

    private void changePolicies() {
        PolicySet after = policies.with(rows.changes(policies));
        PolicyDifference difference = PolicyDifference.between(policies, after);
        settle();
        Preview preview = new Preview(
                new LeasePlanner(TestLeaseConfig.DEFAULTS.outOfSightLimit()),
                deployment.sts,
                policies::outcomes,
                after::outcomes,
                cluster());
        List<Effect> previewed = new ArrayList<>();
        controller()
                .overview()
                .containers(difference.touched(cluster()), facts -> previewed.addAll(preview.effects(facts)));
        Map<LeaseId, Lease> before = live();
        log("change " + difference.policies());
        previewed.forEach(effect -> log("  previewed " + effect));
        policies = after;
        deployment.controllers().forEach(each -> each.policies().changed(2, difference));
        deployment.drain();
        compare(previewed, before, live());
    }

    /** Plans every launch, so that nothing is pending but sessions. */
    private void settle() {
        deployment.controllers().forEach(each -> each.policies().changed(1));
        deployment.drain();
    }

    private void compare(List<Effect> previewed, Map<LeaseId, Lease> before, Map<LeaseId, Lease> after) {
        Map<LeaseKey, Effect> here = previewed.stream()
                .filter(Effect::connected)
                .collect(Collectors.toMap(effect -> new LeaseKey(effect.launch(), effect.name()), Function.identity()));
        effects += here.size();
        Set<LeaseId> reaped =
                before.keySet().stream().filter(id -> !after.containsKey(id)).collect(Collectors.toSet());
        ended += reaped.size();
        assertThat(here.values().stream()
                        .flatMap(effect -> effect.ends().stream())
                        .map(Lease::id))
                .as("the leases that end")
                .containsExactlyInAnyOrderElementsOf(reaped);
        Map<LeaseKey, Lease> leases = byKey(after);
        Map<LeaseKey, Lease> earlier = byKey(before);
        Map<LeaseKey, RefusalCode> refused = refused();
        leases.forEach((key, lease) -> {
            if (!before.containsKey(lease.id())) {
                assertThat(here.get(key))
                        .as("effect of the issued lease " + lease)
                        .isNotNull();
            }
        });
        here.forEach((key, effect) -> {
            Optional<Lease> lease = Optional.ofNullable(leases.get(key));
            lease.ifPresent(own -> assertThat(effect.after().map(gift -> gift.identityHash()))
                    .as("the session of " + own)
                    .contains(own.identityHash()));
            if (effect.after().isEmpty()) {
                assertThat(lease).as("no lease of " + key).isEmpty();
            }
            if (effect.after().isPresent()
                    && earlier.containsKey(key)
                    && effect.ends().isEmpty()) {
                assertThat(lease).as("the lease of " + key + " is kept").isPresent();
            }
            if (container(key.launch()).isPresent() && !isAws(refused.get(key))) {
                assertThat(Optional.ofNullable(refused.get(key)))
                        .as("refusal of " + key)
                        .isEqualTo(effect.refusal());
            }
        });
    }

    private static boolean isAws(RefusalCode code) {
        return code == RefusalCode.REFUSED_BY_AWS;
    }

    private Map<LeaseKey, RefusalCode> refused() {
        Map<LeaseKey, RefusalCode> refused = new HashMap<>();
        for (Refusal refusal : controller().overview().refusals()) {
            refused.put(refusal.key(), refusal.code());
        }
        return refused;
    }

    private Optional<ContainerId> container(Launch launch) {
        return cluster.runs.get(launch).container;
    }

    private static Map<LeaseKey, Lease> byKey(Map<LeaseId, Lease> leases) {
        return leases.values().stream().collect(Collectors.toMap(Lease::key, Function.identity()));
    }

    /** Without those of ended tasks, which end for that reason. */
    private Map<LeaseId, Lease> live() {
        return controller().overview().leases().stream()
                .filter(lease -> lease.isLive() && !cluster.runs.get(lease.launch()).over)
                .collect(Collectors.toMap(Lease::id, Function.identity()));
    }

    private ClusterState cluster() {
        return controller().overview().state().orElseThrow();
    }

    private Reconciler controller() {
        return deployment.controller;
    }

    private void startTask() {
        var framework = pick(SimulatedCluster.FRAMEWORKS).orElseThrow();
        var host = pick(SimulatedCluster.HOSTS).orElseThrow();
        int task = random.nextInt(6);
        boolean runs = cluster.running().stream()
                .anyMatch(run -> run.launch.key().framework().equals(framework)
                        && run.launch.key().agent().equals(host)
                        && run.launch.key().task().value().equals("t" + task));
        if (!runs) {
            log("start " + cluster.start(framework, task, host).launch);
            show();
        }
    }

    /** Every second container belongs to an executor that several tasks of the framework share. */
    private void progress(SimulatedCluster.Run run) {
        if (run.container.isEmpty()) {
            ContainerId container = (random.nextBoolean() ? cluster.neighbourOf(run) : Optional.<ContainerId>empty())
                    .orElseGet(() -> ContainerId.of("c-" + ++containers));
            run.container = Optional.of(container);
            deployment.startContainer(deployment.agentOf(run), container);
        }
        run.state = TaskState.RUNNING;
        log("running " + run.launch + " in " + run.container);
        show();
    }

    private void endTask(SimulatedCluster.Run run) {
        log("end " + run.launch);
        if (!cluster.shares(run)) {
            run.container.ifPresent(deployment.agentOf(run).running::remove);
        }
        run.over = true;
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        run.state = TaskState.FINISHED;
        show();
    }

    private void withdraw(SimulatedCluster.Run run) {
        log("withdraw " + run.launch);
        deployment.withdraw(
                random.nextInt(3) > 0
                        ? Withdrawal.of(new LeaseKey(run.launch, name()), "revoked")
                        : rows.withdrawal(run.launch.key().agent()));
    }

    private void ask(SimulatedCluster.Run run) {
        AgentInMemory agent = deployment.agentOf(run);
        if (run.container.isPresent() && agent.epoch.isPresent()) {
            CredentialName name = name();
            log("ask " + run.launch + " " + name);
            controller().asked(agent.host, run.container.get(), name);
        }
    }

    /** Frameworks that aren't visible, launches that the master doesn't show, or all of them again. */
    private void hide() {
        switch (random.nextInt(4)) {
            case 0 ->
                cluster.unseenFrameworks.add(pick(SimulatedCluster.FRAMEWORKS).orElseThrow());
            case 1 -> pick(cluster.running()).ifPresent(run -> cluster.hidden.add(run.launch));
            default -> {
                cluster.unseenFrameworks.clear();
                cluster.hidden.clear();
            }
        }
        log("hidden " + cluster.unseenFrameworks + " " + cluster.hidden);
        show();
    }

    private void flap() {
        AgentInMemory agent = pick(List.copyOf(deployment.agents.values())).orElseThrow();
        if (agent.epoch.isPresent()) {
            deployment.disconnect(agent);
        } else {
            deployment.connect(agent);
        }
        log("connected " + agent.host + " " + agent.epoch);
    }

    private CredentialName name() {
        return pick(HistoryPolicies.NAMES).orElseThrow();
    }

    private void show() {
        deployment.show(cluster.runs.keySet());
    }

    private <T> Optional<T> pick(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    private void log(String what) {
        story.add(deployment.clock.instant() + " " + what);
    }
}
