package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import java.util.Collection;
import java.util.List;
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
