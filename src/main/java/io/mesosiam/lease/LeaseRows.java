package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.List;

/** The lease rows of one host, as another controller may have left them. */
@FunctionalInterface
public interface LeaseRows {
    /**
     * Reads the live ones and waits for them.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    List<Lease> live(MesosAgentId host);
}
