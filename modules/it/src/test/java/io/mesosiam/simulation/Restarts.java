package io.mesosiam.simulation;

import java.time.Duration;

/** Frameworks that launch a task again as soon as it has ended: under its id, on its host, with its label. */
final class Restarts {
    private static final Duration PAUSE = Duration.ofSeconds(100);

    private static final Duration UNSEEN = Duration.ofSeconds(6);

    /** The end of a task is reported within 2 s. */
    private static final Duration REPORTED = Duration.ofSeconds(2);

    private final Deployment deployment;
    private final Scheduler scheduler;

    Restarts(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        if (deployment.uses(Feature.RESTARTS)) {
            scheduler.within(PAUSE, "a task may begin again", this::happen);
        }
    }

    private void happen() {
        if (!deployment.isQuiet()) {
            scheduler.within(PAUSE, "a task may begin again", this::happen);
            deployment.alive().ifPresent(this::restart);
        }
    }

    private void restart(Run run) {
        deployment.end(run);
        if (scheduler.oneIn(2)) {
            // no controller is sent the end and the launch; the next listing shows both
            deployment.controllers().forEach(each -> {
                each.watch.reachable = false;
                each.watch.cut();
                scheduler.after(UNSEEN, "masters reachable from " + each, () -> each.watch.reachable = true);
            });
        }
        scheduler.after(
                REPORTED.plus(scheduler.upTo(Duration.ofSeconds(1))), run.key + " begins again", () -> launch(run));
    }

    private void launch(Run again) {
        if (!deployment.isQuiet()) {
            Host host = deployment.host(again.key.agent());
            deployment.launch(host, again.key.framework(), again.key.task().value(), again.grant);
        }
    }
}
