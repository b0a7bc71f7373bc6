package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The containers of tasks that are not alone in one: those of executors with several tasks, and those that are nested in a task's
 * or an executor's for a debugging session or a health check. Executors outlive their tasks, or end before them.
 */
final class Executors {
    private static final Duration PAUSE = Duration.ofSeconds(80);
    private static final Duration LINGERS = Duration.ofSeconds(30);
    private static final Duration LONGEST_SESSION = Duration.ofMinutes(5);

    private final Deployment deployment;
    private final Scheduler scheduler;
    private final boolean used;
    private final List<Executor> executors = new ArrayList<>();
    private int containers;

    Executors(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        this.used = deployment.uses(Feature.SHARED_CONTAINERS);
        if (used) {
            scheduler.within(PAUSE, "something happens in containers", this::happen);
        }
    }

    /** The executor of a new task; empty if the task has one of its own and its container. */
    Optional<Executor> of(FrameworkId framework, String task, Host host) {
        if (!used || scheduler.oneIn(3)) {
            return Optional.empty();
        }
        List<Executor> there = executors.stream()
                .filter(each -> !each.over
                        && each.framework.equals(framework)
                        && each.host == host
                        && !each.tasks.contains(task))
                .toList();
        return Optional.of(
                there.isEmpty() || scheduler.oneIn(4)
                        ? started(framework, host, !scheduler.oneIn(3))
                        : scheduler.pick(there));
    }

    Executor started(FrameworkId framework, Host host, boolean nests) {
        containers++;
        return new Executor(framework, host, new Container("e" + containers, 500_000 + containers), nests);
    }

    void launched(Run run) {
        run.executor.ifPresent(it -> {
            it.tasks.add(run.key.task().value());
            if (!executors.contains(it)) {
                executors.add(it);
            }
        });
    }

    /** The executor of an ended task waits for another one. */
    void left(Executor executor) {
        scheduler.within(LINGERS, "nothing left for " + executor, () -> {
            if (!executor.over && runs(executor).isEmpty()) {
                over(executor);
            }
        });
    }

    /** Its tasks that run or will. */
    private List<Run> runs(Executor executor) {
        return deployment.masters.runs.stream()
                .filter(run -> !run.over && run.executor.equals(Optional.of(executor)))
                .toList();
    }

    private void over(Executor executor) {
        executor.over = true;
        executors.remove(executor);
        scheduler.within(Duration.ofSeconds(1), "end of " + executor, () -> executor.host.end(executor.own));
    }

    /** An executor ends, and with it its tasks. Their containers end in any order, and the masters learn of them in any order. */
    void crash(Executor executor) {
        scheduler.note(() -> "crash of " + executor);
        over(executor);
        for (Run run : runs(executor)) {
            if (run.alive) {
                run.alive = false;
                run.over = true;
                scheduler.within(
                        Duration.ofSeconds(1), "end of " + run.container.id(), () -> executor.host.end(run.container));
                scheduler.within(
                        Duration.ofSeconds(2), "failed " + run, () -> deployment.masters.update(run, TaskState.FAILED));
            }
        }
    }

    private void happen() {
        if (deployment.isQuiet()) {
            return;
        }
        scheduler.within(PAUSE, "something happens in containers", this::happen);
        List<Executor> open = executors.stream()
                .filter(each -> each.host.containers().contains(each.own.id()))
                .toList();
        List<Run> alive =
                deployment.masters.runs.stream().filter(run -> run.alive).toList();
        switch (scheduler.random.nextInt(8)) {
            case 0 -> open.stream().findFirst().ifPresent(this::crash);
            case 1, 2 -> {
                if (!open.isEmpty()) {
                    Executor executor = scheduler.pick(open);
                    session(executor.host, executor.own);
                }
            }
            case 3, 4, 5 -> {
                if (!alive.isEmpty()) {
                    Run run = scheduler.pick(alive);
                    session(deployment.host(run.key.agent()), run.container);
                }
            }
            default -> {
                if (!open.isEmpty()) {
                    Executor executor = scheduler.pick(open);
                    executor.host.requestInside(executor.own, executor.own, scheduler.pick(Policies.NAMES));
                }
            }
        }
    }

    /** A container without a task begins inside another one. */
    private void session(Host host, Container around) {
        containers++;
        Container inner = new Container(around.id() + "/d" + containers, 500_000 + containers);
        scheduler.note(() -> "session in " + inner.id());
        host.begin(inner);
        ask(host, inner, around);
        scheduler.within(LONGEST_SESSION, "end of session in " + inner.id(), () -> host.end(inner));
    }

    private void ask(Host host, Container inner, Container around) {
        scheduler.within(Duration.ofSeconds(40), "request inside " + around.id(), () -> {
            if (host.containers().contains(inner.id())) {
                CredentialName name = scheduler.pick(Policies.NAMES);
                host.requestInside(inner, around, name);
                ask(host, inner, around);
            }
        });
    }
}
