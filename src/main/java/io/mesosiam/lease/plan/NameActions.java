package io.mesosiam.lease.plan;

import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.mesos.ContainerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The actions for one credential name, under construction. An action that would change nothing is left out. */
final class NameActions {
    private final NameView name;
    private final List<LeaseAction> actions = new ArrayList<>();

    NameActions(NameView name) {
        this.name = name;
    }

    List<LeaseAction> toList() {
        return List.copyOf(actions);
    }

    NameActions add(LeaseAction action) {
        actions.add(action);
        return this;
    }

    NameActions addAll(List<? extends LeaseAction> more) {
        actions.addAll(more);
        return this;
    }

    /** Ends the name's lease, if it has one. */
    NameActions reap(String reason) {
        return reap(reason, Optional.empty());
    }

    /** @param withdrawn the withdrawal of another task of the container, if it ends the lease */
    NameActions reap(String reason, Optional<String> withdrawn) {
        name.lease().ifPresent(kept -> add(new LeaseAction.Reap(kept.lease().id(), reason, false, withdrawn)));
        return this;
    }

    /**
     * Refuses the name. A refusal is addressed to a container, so none is made while the container is not known, and one of
     * another container is withdrawn.
     *
     * @param reason for operators
     * @param message for the container
     */
    NameActions refuse(RefusalCode code, String reason, String message) {
        Optional<ContainerId> container = name.launch().container();
        if (!name.refusal().map(Refusal::container).equals(container)) {
            clearRefusal();
        }
        container
                .map(to -> new Refusal(name.key(), to, code, message))
                .filter(refusal -> !name.refusal().equals(Optional.of(refusal)))
                .ifPresent(refusal -> add(new LeaseAction.Refuse(refusal, reason)));
        return this;
    }

    /** Withdraws the name's refusal, if it has one. */
    NameActions clearRefusal() {
        name.refusal().ifPresent(refusal -> add(new LeaseAction.ClearRefusal(refusal)));
        return this;
    }

    NameActions waiting(WaitReason why, String reason) {
        return add(name.waiting(why, reason));
    }

    NameActions waitingUntil(Instant until, WaitReason why, String reason) {
        return add(name.waitingUntil(until, why, reason));
    }
}
