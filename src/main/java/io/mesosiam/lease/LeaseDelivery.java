package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;

/** Sends messages to agents. */
@FunctionalInterface
public interface LeaseDelivery {
    /**
     * Queues the message on that host's stream and returns without waiting for the agent.
     *
     * @return whether the host's agent is connected to this controller; if not, it receives the complete state when it
     *     connects
     */
    boolean deliver(MesosAgentId host, Delivery delivery);

    /**
     * Another controller has claimed the host since this epoch, and nothing given to it here is recorded any more. If its
     * agent is connected here all the same, the stream of that epoch ends, so that the agent connects again.
     */
    default void claimedByAnother(MesosAgentId host, long epoch) {}

    /** Ends the host's stream of that epoch, so that its agent connects again and reports what it holds. */
    default void connectAgain(MesosAgentId host, long epoch) {}
}
