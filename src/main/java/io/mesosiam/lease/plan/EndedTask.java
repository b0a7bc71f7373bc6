package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.ContainerNeighbours.Heir;
import io.mesosiam.mesos.TaskEnd;
import java.util.List;
import java.util.Optional;

/**
 * What happens to one credential name when its task has ended: the lease ends. If the container continues to run with
 * other tasks, all of which are given the same session, the session is handed over to a lease of one of them.
 */
final class EndedTask {
    private static final String ENDED = "the task has ended";

    private final NameView name;
    private final TaskEnd end;

    EndedTask(NameView name, TaskEnd end) {
        this.name = name;
        this.end = end;
    }

    List<LeaseAction> actions() {
        NameActions actions = new NameActions(name);
        Optional<Heir> heir = name.lease().flatMap(kept -> heir(kept.lease()));
        if (heir.isPresent() && !name.launch().host().connected()) {
            // The agent continues to serve the session, and reports it to the controller that it connects to.
            String why = "its session is handed over to " + heir.get().launch()
                    + " once an agent on the host is connected here";
            return actions.waiting(WaitReason.NO_AGENT, why).toList();
        }
        name.lease().map(kept -> end(kept.lease(), heir)).ifPresent(actions::add);
        return (isRefused() ? actions.refuse(RefusalCode.ENDED, ENDED, ENDED) : actions.clearRefusal()).toList();
    }

    private LeaseAction end(Lease lease, Optional<Heir> heir) {
        return heir.<LeaseAction>map(to -> new LeaseAction.HandOver(lease.id(), end.describe(), to.launch(), to.give()))
                .orElseGet(() -> new LeaseAction.Reap(lease.id(), end.describe(), true));
    }

    /**
     * Whether the container is refused the name: it used the name and still runs, without other tasks. A container that
     * has ended sends no requests, and the refusal would never be withdrawn. Other tasks of the container may be given
     * the session that it keeps.
     */
    private boolean isRefused() {
        LaunchView.Host host = name.launch().host();
        return name.isUsed()
                && host.connected()
                && host.alive()
                && name.launch().neighbours().isEmpty();
    }

    /**
     * Returns the task that takes over the session; empty if the session is not served, was withdrawn or is past its
     * time to live. The time to live continues with the other task's lease.
     */
    private Optional<Heir> heir(Lease lease) {
        boolean served = lease.container().isPresent()
                && lease.state().servedUntil().filter(name.now()::isBefore).isPresent()
                && name.notServed().isEmpty();
        boolean over =
                name.withdrawal().isPresent() || TimeToLive.recorded(lease).isOver(name.now());
        return served && !over
                ? name.neighbours().heir(lease.identityHash()).filter(heir -> !TimeToLive.of(lease, heir.give())
                        .isOver(name.now()))
                : Optional.empty();
    }
}
