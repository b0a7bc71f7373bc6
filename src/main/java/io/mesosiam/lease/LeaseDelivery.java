package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;

/** How agents are told. */
@FunctionalInterface
public interface LeaseDelivery {
    /**
     * Hands the message to that host's stream and returns without waiting for the agent.
     *
     * @return whether the host's agent is connected here; if not, it hears of everything when it connects
     */
    boolean deliver(MesosAgentId host, Delivery delivery);
}
