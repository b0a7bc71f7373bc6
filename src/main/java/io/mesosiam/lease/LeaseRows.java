package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Reads the lease rows of one host, which another controller may have written. */
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

    /** The live leases of several hosts. */
    default List<Lease> live(Collection<MesosAgentId> hosts) {
        return hosts.stream().flatMap(host -> live(host).stream()).toList();
    }
}
