package io.mesosiam.simulation;

import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.grant.LaunchGrant.State;
import io.mesosiam.simulation.Grants.Offer;
import io.mesosiam.simulation.Grants.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The rules of launch grants that docs/grants.md states: how a row may change, and when STS is asked for its role. */
final class GrantChecks {
    private final Deployment deployment;
    private int bound;
    private int suspended;
    private int ended;

    GrantChecks(Deployment deployment) {
        this.deployment = deployment;
    }

    /** A row changes only as the documents say. So one launch gets the grant, and no other one ever. */
    void changed(Offer offer, Optional<State> before, State now) {
        switch (now) {
            case State.Unbound _ -> Violation.unless(before.isEmpty(), () -> "unbound again: " + offer);
            case State.Bound(TaskContainer to) -> {
                bound++;
                Violation.unless(
                        before.filter(State.Unbound.class::isInstance).isPresent(), () -> "bound again: " + offer);
                Violation.unless(
                        deployment.masters.run(to).filter(offer::fits).isPresent(),
                        () -> "bound to a launch that it does not fit: " + offer + " " + to);
            }
            case State.Suspended(String _, Optional<TaskContainer> holder) -> {
                suspended++;
                Violation.unless(offer.task().isEmpty(), () -> "suspended although it names a task: " + offer);
                Violation.unless(
                        deployment.masters.everyRun().stream()
                                .anyMatch(run -> offer.fits(run)
                                        && !Optional.of(run.inContainer()).equals(holder)),
                        () -> "suspended without a second launch: " + offer);
            }
            case State.Ended(String how, Optional<TaskContainer> holder) -> {
                ended++;
                Violation.unless(
                        before.isPresent() && before.get().holder().equals(holder),
                        () -> "ended with another holder: " + offer);
                Violation.unless(
                        !how.equals("ended with its task")
                                || holder.flatMap(deployment.masters::run)
                                        .filter(run -> run.over)
                                        .isPresent(),
                        () -> "ended before its launch: " + offer + " " + holder);
            }
        }
    }

    /** STS is asked for the role of a grant only for the launch that the row names, and not long after its end. */
    void called(ControllerNode by, String role, String sessionName) {
        if (!deployment.grants.isOfGrant(role)) {
            return;
        }
        Row row = deployment.grants.ofRole(role).orElseThrow(() -> new Violation("a session before the row: " + role));
        TaskContainer holder =
                row.state().holder().orElseThrow(() -> new Violation("a session before the binding: " + row));
        Violation.unless(
                sessionName.startsWith(
                        holder.task().task() + "@" + holder.task().framework()),
                () -> "a session of another launch: " + sessionName + " " + row);
        Violation.unless(
                !by.grants.knowsOver(row.offer().id(), Entitled.KNOWN),
                () -> "a session after the end: " + row + " by " + by);
        Violation.unless(
                deployment.scheduler.now().isBefore(row.offer().expires().plus(Entitled.KNOWN)),
                () -> "a session after the expiry: " + row + " by " + by);
    }

    /** A controller gives a session of a grant only to the container that the row names. */
    void given(List<Entry> entries) {
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Served served -> given(served.roleArn(), served.containerId());
                case Entry.Kept kept -> given(kept.roleArn(), kept.containerId());
                case Entry.Refusal _ -> {}
            }
        }
    }

    private void given(String role, Optional<String> container) {
        if (container.isPresent() && deployment.grants.isOfGrant(role)) {
            Optional<Row> row = deployment.grants.ofRole(role);
            Violation.unless(
                    row.flatMap(it -> it.state().holder())
                            .map(holder -> holder.container().toString())
                            .equals(container),
                    () -> "given to " + container + ", which the row doesn't name: " + row);
        }
    }

    /**
     * Once all faults have ended: no grant outlives its time, nor the launch whose end a running controller has seen since the row
     * was bound. A controller that has missed the end of a launch can bind a grant to it, which then stays until it expires.
     */
    void converged() {
        for (Row row : deployment.grants.all()) {
            Violation.unless(
                    !row.isOpen()
                            || deployment
                                    .scheduler
                                    .now()
                                    .isBefore(row.offer().expires().plus(Duration.ofSeconds(20))),
                    () -> "open after its expiry: " + row);
            row.state()
                    .holder()
                    .filter(_ -> row.isOpen())
                    .ifPresent(holder -> Violation.unless(
                            deployment.controllers().stream()
                                    .noneMatch(each -> each.grants.sawEnd(holder, row.changed())),
                            () -> "open after its launch: " + row));
        }
    }

    String counts() {
        return " grants bound=" + bound + " suspended=" + suspended + " ended=" + ended;
    }
}
