package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The leases of a task that rows of other controllers name under other numbers than this controller gives its launches, seen
 * from the launch that the cluster state shows. A task has one launch at a time on a host, so a lease of another launch is over.
 *
 * @param gone containers whose end the host's agent has just reported
 */
record OtherNumbers(ReconcilerState tracked, Launch launch, Set<ContainerId> gone) {
    /** The leases in the launch's container that have another number. */
    List<ManagedLease> inItsContainer() {
        return container()
                .map(container -> ofItsTask()
                        .filter(kept -> isOfAnother(kept)
                                && kept.lease().container().equals(Optional.of(container))
                                && !isShownThere(kept.lease()))
                        .toList())
                .orElse(List.of());
    }

    /** An executor can run the launches of a task one after another in one container. */
    private boolean isShownThere(Lease lease) {
        return tracked.launches().container(lease.launch()).equals(lease.container());
    }

    /**
     * The leases of launches that are over: those of a container that has ended, while the task is in another one, and those
     * without a container under other numbers, while the task's container runs. A lease of another container that runs stays:
     * the state is older. So it can be if the host's agent lists neither container: it lists one after its start.
     */
    List<ManagedLease> over() {
        return container()
                .map(container -> ofItsTask()
                        .filter(kept -> kept.lease()
                                .container()
                                .map(own -> !own.equals(container) && hasEnded(own, container))
                                .orElseGet(() -> isOfAnother(kept) && isAlive(container)))
                        .toList())
                .orElse(List.of());
    }

    private boolean hasEnded(ContainerId own, ContainerId shown) {
        return gone.contains(own) || (!isAlive(own) && isAlive(shown));
    }

    /**
     * The leases under its number in another container that runs, if the launch has ended or has another lease in its own
     * container. They are of a later launch, which the state doesn't show yet, or not in its container.
     */
    List<ManagedLease> ofALaterLaunch() {
        return tracked.launches().end(launch).isEmpty() && inItsContainer().isEmpty()
                ? List.of()
                : tracked.leases().of(launch).values().stream()
                        .filter(kept -> kept.lease()
                                .container()
                                .filter(own -> isOfALaterLaunch(own) && isAlive(own))
                                .isPresent())
                        .toList();
    }

    /** The container of a task that ends early may never be shown: then it can be that of the launch which has none yet. */
    private boolean isOfALaterLaunch(ContainerId own) {
        LaunchIndex launches = tracked.launches();
        return launches.isElsewhere(launch, own)
                || (launches.container(launch).isEmpty()
                        && launches.running(launch.key())
                                .filter(running -> launches.container(running).isEmpty())
                                .isPresent());
    }

    /** A number for them that no launch of the task has. */
    Launch later() {
        long highest = Stream.concat(
                        tracked.launches().on(launch.key().agent()).stream(),
                        ofItsTask().map(kept -> kept.lease().launch()))
                .filter(other -> other.key().equals(launch.key()))
                .mapToLong(Launch::sequence)
                .max()
                .orElse(launch.sequence());
        return new Launch(launch.key(), highest + 1);
    }

    /** The launch's container, if the launch has not ended and its host's agent is connected here. */
    private Optional<ContainerId> container() {
        return Optional.of(launch)
                .filter(_ -> tracked.hosts().isConnected(launch.key().agent()))
                .filter(_ -> tracked.launches().end(launch).isEmpty())
                .flatMap(tracked.launches()::container);
    }

    private Stream<ManagedLease> ofItsTask() {
        return tracked.leases().ofTask(launch.key());
    }

    private boolean isOfAnother(ManagedLease kept) {
        return !kept.lease().launch().equals(launch);
    }

    private boolean isAlive(ContainerId container) {
        return tracked.hosts().isAlive(launch.key().agent(), container);
    }
}
