package io.mesosiam.lease.grant;

import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One random history of launch grants: the events that happen to a {@link GrantDeployment}. The {@link GrantInvariants} are
 * checked after each event. At the end, all failures are repaired, and the final state must be correct.
 */
final class GrantHistory {
    private static final int CONTROLLERS = 3;

    private final Random random;
    private final GrantDeployment deployment = new GrantDeployment();
    private final GrantCluster cluster = deployment.cluster;
    private final GrantInvariants invariants = new GrantInvariants(deployment);
    private final RandomGrants offers;
    private final RandomTasks tasks;
    private final List<String> story = new ArrayList<>();

    /** @param hintsAreLost whether reconcilers miss changes of the cluster, which may cost time */
    GrantHistory(long seed, boolean hintsAreLost) {
        random = new Random(seed);
        deployment.hintsAreLost = hintsAreLost;
        offers = new RandomGrants(random, deployment);
        tasks = new RandomTasks(random, deployment, offers, this::log);
        for (int i = 0; i < CONTROLLERS; i++) {
            deployment.controllers.add(started(i));
        }
        deployment.agents.values().forEach(this::connect);
    }

    private HistoryController started(int number) {
        HistoryController controller = new HistoryController(number, deployment, random.nextLong());
        controller.events.addAll(cluster.subscribed(_ -> random.nextInt(3) > 0));
        controller.next();
        return controller;
    }

    /** The events, for analysing a violated invariant. */
    @Override
    public String toString() {
        return String.join("\n", story);
    }

    Map<String, Integer> seen() {
        return invariants.seen();
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            happen();
            deployment.drain();
            invariants.check();
        }
        repairEverything();
        invariants.checkFinalState();
    }

    private void happen() {
        switch (random.nextInt(64)) {
            case 0, 1, 2, 3, 4, 5 -> tasks.start();
            case 6, 7, 8, 9 -> spawn();
            case 10, 11, 12, 13, 14, 15 -> pick(cluster.running()).ifPresent(tasks::progress);
            case 16, 17, 18, 19 -> pick(cluster.running()).ifPresent(tasks::end);
            case 20, 21 -> make();
            case 22 -> revoke();
            case 23, 24, 25 -> commit();
            case 26 -> tasks.failOver();
            case 27, 28, 29, 30 -> pick(List.copyOf(cluster.away)).ifPresent(tasks::returned);
            case 31 -> changePolicy();
            case 32, 33 -> pick(List.copyOf(deployment.agents.values())).ifPresent(this::connect);
            case 34 -> pick(List.copyOf(deployment.agents.values())).ifPresent(this::disconnect);
            case 35 -> restart();
            case 36 -> pass(Duration.ofSeconds(random.nextInt(1, 1200)));
            case 37 -> flags();
            case 38, 39 -> read();
            default -> proceed();
        }
    }

    /** Most of the time, every controller gets on with what it has to do. */
    private void proceed() {
        for (HistoryController each : deployment.controllers) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            for (int i = random.nextInt(6); i > 0 && !each.events.isEmpty(); i--) {
                each.next();
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                each.writeOne();
            }
            read(each);
            for (int i = random.nextInt(3); i > 0; i--) {
                deployment.sts.answerOne();
            }
        }
    }

    private void read() {
        deployment.controllers.forEach(this::read);
    }

    private void read(HistoryController each) {
        try {
            if (random.nextInt(4) == 0) {
                each.readAll();
            } else {
                each.readChanged();
            }
        } catch (IllegalStateException e) {
            log(each + " " + e.getMessage());
        }
    }

    /** A grant, and soon a task that may have its label. */
    private void spawn() {
        make();
        tasks.start();
        if (random.nextInt(3) > 0) {
            cluster.running().stream()
                    .skip(Math.max(0, cluster.running().size() - 1L))
                    .forEach(tasks::progress);
        }
        proceed();
    }

    private void make() {
        LaunchGrant grant = offers.next();
        boolean late = random.nextInt(4) == 0;
        log("grant " + grant.id() + " " + grant.taskId() + " selectors="
                + grant.policy().selectors().size() + " until "
                + grant.entitlement().endsAt().orElseThrow() + (late ? " late" : ""));
        deployment.grants.make(grant, late);
    }

    private void revoke() {
        pick(deployment.grants.all()).ifPresent(grant -> {
            boolean late = random.nextInt(4) == 0;
            log("revoke " + grant.id() + (late ? " late" : ""));
            deployment.grants.revoke(grant.id(), late);
        });
    }

    private void commit() {
        if (deployment.grants.uncommitted() > 0) {
            log("commit");
            deployment.grants.commit(random.nextInt(deployment.grants.uncommitted()));
        }
    }

    private void changePolicy() {
        switch (random.nextInt(3)) {
            case 0 -> deployment.fallback = !deployment.fallback;
            case 1 -> deployment.deny = !deployment.deny && random.nextBoolean();
            default -> deployment.narrowed = !deployment.narrowed && random.nextBoolean();
        }
        log("policies fallback=" + deployment.fallback + " deny=" + deployment.deny + " narrowed="
                + deployment.narrowed);
        deployment.controllers.forEach(HistoryController::policiesChanged);
    }

    /** The agent connects, perhaps to another controller than before. One in eight has lost its leases. */
    private void connect(AgentInMemory agent) {
        HistoryController to = pick(deployment.controllers).orElseThrow();
        if (!deployment.grants.away) {
            boolean lost = random.nextInt(8) == 0;
            log("connect " + agent.host + " to " + to + (lost ? " without leases" : ""));
            deployment.disconnect(agent);
            if (lost) {
                agent.served.clear();
            }
            deployment.connect(agent, to);
        }
    }

    private void disconnect(AgentInMemory agent) {
        if (random.nextBoolean()) {
            log("disconnect " + agent.host);
            deployment.disconnect(agent);
        }
    }

    private void restart() {
        if (!deployment.grants.away && !deployment.listenersFail) {
            int number = random.nextInt(CONTROLLERS);
            log("restart C" + number);
            HistoryController old = deployment.controllers.get(number);
            deployment.agents.values().stream()
                    .filter(agent -> old.equals(deployment.connected.get(agent.host)))
                    .forEach(deployment::disconnect);
            deployment.controllers.set(number, started(number));
        }
    }

    private void flags() {
        switch (random.nextInt(4)) {
            case 0 -> deployment.grants.away = !deployment.grants.away;
            case 1 -> deployment.listenersFail = !deployment.listenersFail;
            default -> {
                deployment.grants.away = false;
                deployment.listenersFail = false;
                deployment.sts.mood = random.nextInt(4) == 0 ? StsInMemory.Mood.AWAY : StsInMemory.Mood.GIVING;
            }
        }
        log(String.format(
                Locale.ROOT,
                "database away=%b listeners fail=%b sts %s",
                deployment.grants.away,
                deployment.listenersFail,
                deployment.sts.mood));
    }

    private void pass(Duration time) {
        log("pass " + time);
        deployment.pass(time);
    }

    private void repairEverything() {
        log("everything is repaired");
        deployment.grants.away = false;
        deployment.listenersFail = false;
        deployment.sts.mood = StsInMemory.Mood.GIVING;
        while (deployment.grants.uncommitted() > 0) {
            deployment.grants.commit(0);
        }
        List.copyOf(cluster.away).forEach(tasks::returned);
        cluster.running().stream().filter(run -> run.container.isEmpty()).forEach(tasks::progress);
        cluster.runs.stream()
                .filter(run -> run.over && cluster.running().stream().noneMatch(later -> later.key.equals(run.key)))
                .forEach(run -> tasks.emit(run.key.agent(), run.update(TaskState.FINISHED)));
        cluster.running()
                .forEach(run ->
                        run.container.ifPresent(_ -> tasks.emit(run.key.agent(), run.update(TaskState.RUNNING))));
        deployment.agents.values().forEach(agent -> {
            if (agent.epoch.isEmpty()) {
                connect(agent);
            }
        });
        GrantRepair repair = new GrantRepair(deployment, invariants);
        for (int i = 0; i < 11; i++) {
            repair.settle();
            repair.reportEndedContainers();
            pass(Duration.ofMinutes(4));
            repair.settle();
        }
    }

    private <T> Optional<T> pick(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    private void log(String what) {
        story.add(deployment.clock.instant() + " " + what);
    }
}
