package io.mesosiam.simulation;

import io.mesosiam.mesos.ContainerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forged statuses: they state a container that is not the task's. A framework's own executor states another task's container
 * for its own, always or at first; or another process states it for a task that runs, until the next status of its executor.
 * Containers of the task's own executor are not among them: they count while they run (docs/security.md).
 */
final class Forgers {
    private static final Duration PAUSE = Duration.ofMinutes(3);
    private static final Duration LATE = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(4);
    private static final ContainerId INVENTED = ContainerId.parse("invented");

    private final Deployment deployment;
    private final Scheduler scheduler;

    Forgers(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
    }

    void happenLater() {
        if (deployment.uses(Feature.FORGED_STATUSES)) {
            scheduler.within(PAUSE, "a status may be forged", this::happen);
        }
    }

    private void happen() {
        if (deployment.isQuiet()) {
            return;
        }
        happenLater();
        deployment.alive().filter(run -> run.stated.isEmpty()).ifPresent(run -> {
            if (scheduler.oneIn(3)) {
                stateAnother(run);
            } else {
                launchBeside(run);
            }
        });
    }

    /** A task begins whose container is stated to be that of another one, always or at first. */
    private void launchBeside(Run victim) {
        ContainerId container = scheduler.oneIn(4) ? INVENTED : victim.containerId();
        deployment
                .launch(
                        deployment.host(victim.key.agent()),
                        scheduler.pick(Masters.FRAMEWORKS),
                        scheduler.pick(Deployment.TASKS),
                        Optional.empty(),
                        Optional.empty())
                .ifPresent(run -> {
                    run.lies = true;
                    state(container, run);
                    if (scheduler.oneIn(2)) {
                        Duration until =
                                Masters.LAUNCH.plus(Duration.ofSeconds(5)).plus(scheduler.upTo(LATE));
                        scheduler.after(until, "right container of " + run, () -> correct(run));
                    }
                });
    }

    /** A task that runs is stated to be in another one's container, in that of an earlier launch, or in none that exists. */
    private void stateAnother(Run victim) {
        List<ContainerId> containers = new ArrayList<>(List.of(INVENTED));
        for (Run other : deployment.masters.everyRun()) {
            boolean earlier = other.over && other.key.equals(victim.key);
            boolean beside = other.alive
                    && other.key.agent().equals(victim.key.agent())
                    && !(other.key.framework().equals(victim.key.framework())
                            && other.executorId().equals(victim.executorId()));
            if (earlier || beside) {
                containers.add(other.containerId());
            }
        }
        state(scheduler.pick(containers), victim);
        deployment.masters.report(victim);
        scheduler.within(LONGEST, "right container of " + victim, () -> correct(victim));
    }

    private void state(ContainerId container, Run run) {
        scheduler.note(() -> "container " + container + " is stated for " + run);
        run.stated = Optional.of(container);
    }

    private void correct(Run run) {
        run.lies = false;
        if (run.alive && run.stated.isPresent()) {
            deployment.masters.update(run, run.state);
        }
    }

    /** The executors that state another task's container end their tasks; others send a status. */
    void becomeQuiet() {
        for (Run run : List.copyOf(deployment.masters.runs)) {
            if (run.alive && run.lies) {
                deployment.end(run);
            } else if (!run.over) {
                correct(run);
                run.stated = Optional.empty();
            }
        }
    }
}
