package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
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
}
