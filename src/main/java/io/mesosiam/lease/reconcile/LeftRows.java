package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the lease rows of a host that another controller left. Controllers that started at different times number the
 * launches of a reused task id differently, and each writes leases under its own number.
 *
 * @param running the containers on the host
 * @param served the containers in which the host's agent serves leases whose rows may name none yet
 */
record LeftRows(LaunchIndex launches, Set<ContainerId> running, Map<LeaseId, ContainerId> served) {
    private record Run(TaskKey task, ContainerId container) {
        static Optional<Run> of(Lease lease) {
            return lease.container().map(container -> new Run(lease.launch().key(), container));
        }
    }

    /** Returns rows under one number of each launch, its highest: rows of one task in one container are of one launch. */
    static List<Lease> underOneNumber(Collection<Lease> rows) {
        Map<Run, Launch> highest = new HashMap<>();
        rows.forEach(row -> Run.of(row)
                .ifPresent(run -> highest.merge(
                        run, row.launch(), (one, other) -> one.sequence() >= other.sequence() ? one : other)));
        return rows.stream()
                .map(row -> Run.of(row).map(highest::get).map(row::renumbered).orElse(row))
                .toList();
    }

    /** Returns rows under this controller's numbers of their launches. */
    List<Lease> underOwnNumbers(Collection<Lease> rows) {
        return apart(underOneNumber(rows).stream().map(this::underOwnNumber).toList());
    }

    /**
     * A launch is in one container. If several run that rows name under its number, those of leases that are younger than that
     * of its own are of later launches, which the state doesn't show: each gets a number that no launch of the task has.
     */
    private List<Lease> apart(List<Lease> rows) {
        Map<Launch, Lease> first = new HashMap<>();
        byPrecedence(rows).forEach(row -> first.putIfAbsent(row.launch(), row));
        Map<Run, Launch> later = new HashMap<>();
        List<Lease> result = new ArrayList<>();
        for (Lease row : rows) {
            Lease own = first.getOrDefault(row.launch(), row);
            result.add(inRunning(row)
                    .filter(in -> !inRunning(own).equals(Optional.of(in)))
                    .filter(_ -> !row.createdAt().isBefore(own.createdAt()))
                    .map(in -> new Run(row.launch().key(), in))
                    .map(run -> later.computeIfAbsent(run, _ -> unused(run.task(), rows, later.size())))
                    .map(row::renumbered)
                    .orElse(row));
        }
        return result;
    }

    private Launch unused(TaskKey task, List<Lease> rows, int used) {
        long highest = Stream.concat(
                        launches.on(task.agent()).stream(), rows.stream().map(Lease::launch))
                .filter(launch -> launch.key().equals(task))
                .mapToLong(Launch::sequence)
                .max()
                .orElse(0);
        return new Launch(task, highest + 1 + used);
    }

    private Optional<ContainerId> inRunning(Lease row) {
        return container(row).filter(running::contains);
    }

    /** Returns a lease under this controller's number of its launch: a task in the lease's container is the same launch. */
    private Lease underOwnNumber(Lease lease) {
        return container(lease)
                .flatMap(container -> launches.running(lease.launch().key())
                        .filter(launch -> launches.container(launch).equals(Optional.of(container))))
                .map(lease::renumbered)
                .orElse(lease);
    }

    /** The container that the lease is bound to, or else that in which its agent serves it. */
    private Optional<ContainerId> container(Lease lease) {
        return lease.container().or(() -> Optional.ofNullable(served.get(lease.id())));
    }

    /**
     * Of rows with one key, the one to keep comes first: in a container that runs, else in the task's container, else a bound
     * one, else the youngest. A state that shows the task in a container which doesn't run is older.
     */
    Stream<Lease> byPrecedence(Collection<Lease> rows) {
        return rows.stream()
                .sorted(Comparator.<Lease, Boolean>comparing(
                                row -> inRunning(row).isEmpty())
                        .thenComparing(row -> !isInItsTasksContainer(row))
                        .thenComparing(row -> row.container().isEmpty())
                        .thenComparing(Lease::createdAt, Comparator.reverseOrder()));
    }

    private boolean isInItsTasksContainer(Lease row) {
        return row.container().isPresent() && row.container().equals(launches.container(row.launch()));
    }
}
