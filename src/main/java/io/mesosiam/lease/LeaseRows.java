package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads lease rows, which another controller may have written. */
@FunctionalInterface
public interface LeaseRows {
    /**
     * Returns the live leases of the host. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    List<Lease> live(MesosAgentId host);

    /**
     * Returns those of the leases that have a row, live or ended. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    default Set<LeaseId> recorded(Set<LeaseId> leases) {
        return leases;
    }

    /**
     * Returns the leases of a selection, in its order. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    default List<Lease> select(LeaseSelection selection) {
        return List.of();
    }

    /**
     * Returns the live leases of launches on hosts that other controllers have, under the numbers of these launches. Those
     * controllers may number launches differently; the newest launch has the leases. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    default List<Lease> ofNewest(Collection<Launch> launches) {
        if (launches.isEmpty()) {
            return List.of();
        }
        Map<TaskKey, Launch> newest = new HashMap<>();
        launches.forEach(launch ->
                newest.merge(launch.key(), launch, (one, other) -> one.sequence() > other.sequence() ? one : other));
        return live(newest.keySet()).stream()
                .flatMap(row -> Optional.ofNullable(newest.get(row.launch().key())).map(row::renumbered).stream())
                .toList();
    }

    /** The live leases of these tasks, of all launches. */
    default List<Lease> live(Collection<TaskKey> tasks) {
        Set<TaskKey> wanted = Set.copyOf(tasks);
        return wanted.stream()
                .map(TaskKey::agent)
                .distinct()
                .flatMap(host -> live(host).stream())
                .filter(lease -> wanted.contains(lease.launch().key()))
                .toList();
    }
}
