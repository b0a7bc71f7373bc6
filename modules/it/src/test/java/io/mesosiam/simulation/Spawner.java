package io.mesosiam.simulation;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Programs that ask for launch grants, and what happens to these: launches with their labels before the row is read, twice, or
 * never, tasks that run already, ends before the binding and after it, and short lives.
 */
final class Spawner {
    private static final Duration PAUSE = Duration.ofSeconds(90);

    private final Deployment deployment;
    private final Scheduler scheduler;

    Spawner(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        if (deployment.uses(Feature.LAUNCH_GRANTS)) {
            scheduler.within(PAUSE, "something happens to grants", this::happen);
        }
    }

    private void happen() {
        if (deployment.isQuiet()) {
            return;
        }
        scheduler.within(PAUSE, "something happens to grants", this::happen);
        if (!deployment.database.up) {
            return;
        }
        switch (scheduler.random.nextInt(4)) {
            case 0, 1 -> ofLabel();
            case 2 -> ofTask();
            default -> {
                List<Grants.Row> open = deployment.grants.all().stream()
                        .filter(Grants.Row::isOpen)
                        .toList();
                if (!open.isEmpty()) {
                    deployment.grants.revoke(scheduler.pick(open).offer().id(), commit());
                }
            }
        }
    }

    /** Most transactions are short. */
    private Duration commit() {
        return scheduler.oneIn(6) ? scheduler.upTo(Duration.ofSeconds(20)) : scheduler.upTo(Duration.ofMillis(30));
    }

    private Duration lasts() {
        return scheduler.oneIn(3)
                ? scheduler.between(Duration.ofMinutes(1), Duration.ofMinutes(20))
                : scheduler.between(Duration.ofHours(1), Duration.ofHours(9));
    }

    private CredentialName name() {
        return Policies.NAMES.get(scheduler.oneIn(4) ? 1 : 0);
    }

    private String mesosRole() {
        return scheduler.oneIn(12) ? "ops" : "eng";
    }

    private void ofLabel() {
        FrameworkId framework = scheduler.pick(Masters.FRAMEWORKS);
        Grants.Offer offer =
                deployment.grants.make(framework, mesosRole(), Optional.empty(), name(), lasts(), commit());
        launchLater(offer, framework);
        if (scheduler.oneIn(4)) {
            // a copied label, usually of the same principal
            launchLater(offer, scheduler.oneIn(4) ? scheduler.pick(Masters.FRAMEWORKS) : framework);
        }
        if (scheduler.oneIn(6)) {
            // between the decision and the lease, or about then
            scheduler.within(
                    Duration.ofSeconds(10),
                    "end of " + offer.role(),
                    () -> deployment.grants.revoke(offer.id(), commit()));
        }
    }

    private void launchLater(Grants.Offer offer, FrameworkId framework) {
        Duration until =
                scheduler.oneIn(5) ? scheduler.upTo(Duration.ofMinutes(3)) : scheduler.upTo(Duration.ofSeconds(1));
        scheduler.after(until, "launch with the label of " + offer.role(), () -> {
            if (!deployment.isQuiet()) {
                deployment.launch(
                        scheduler.pick(deployment.hosts),
                        framework,
                        scheduler.pick(Deployment.TASKS),
                        Optional.of(offer.id()));
            }
        });
    }

    /** The task runs already, is launched some time, or never is. */
    private void ofTask() {
        deployment.grants.make(
                scheduler.pick(Masters.FRAMEWORKS),
                mesosRole(),
                Optional.of(scheduler.pick(Deployment.TASKS)),
                name(),
                lasts(),
                commit());
    }
}
