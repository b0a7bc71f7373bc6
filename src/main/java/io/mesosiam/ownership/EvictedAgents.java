package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Set;

/**
 * The Mesos agents whose hosts operators have evicted, by the host name or the address that the master shows. Table {@code agent}
 * has one name of each host alone.
 */
@FunctionalInterface
public interface EvictedAgents {
    /** Those of which the master shows such a name now. Does not block. */
    Set<MesosAgentId> ids();
}
