package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Collection;
import java.util.List;

/** Reads the lease rows of one host, which another controller may have written. */
@FunctionalInterface
public interface LeaseRows {
    /**
     * Returns the live leases of the host. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    List<Lease> live(MesosAgentId host);

    /** The same for several hosts. */
    default List<Lease> live(Collection<MesosAgentId> hosts) {
        return hosts.stream().flatMap(host -> live(host).stream()).toList();
    }
}
