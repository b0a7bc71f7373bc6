package io.mesosiam.lease.grant;

import java.util.Optional;

/** What happens once all failures are repaired: every event is taken in, and every write is made. */
final class GrantRepair {
    private final GrantDeployment deployment;
    private final GrantInvariants invariants;

    GrantRepair(GrantDeployment deployment, GrantInvariants invariants) {
        this.deployment = deployment;
        this.invariants = invariants;
    }

    void reportEndedContainers() {
        deployment.cluster.runs.stream()
                .filter(run -> run.over)
                .flatMap(run -> run.inContainer().stream())
                .filter(in -> !deployment.agents.get(in.task().agent()).running.containsKey(in.container()))
                .forEach(in -> Optional.ofNullable(
                                deployment.connected.get(in.task().agent()))
                        .ifPresent(to -> to.ended(in.task().agent(), in.container())));
    }

    void settle() {
        for (int i = 0; i < 4; i++) {
            for (HistoryController each : deployment.controllers) {
                while (!each.events.isEmpty()) {
                    each.next();
                }
                deployment.drain();
                while (each.unwritten() > 0) {
                    each.writeOne();
                }
            }
            deployment.controllers.forEach(HistoryController::readAll);
            do {
                deployment.drain();
            } while (deployment.sts.answerOne());
            invariants.check();
        }
    }
}
