package io.mesosiam.agent.attest;

import java.util.List;

/** Who wants to know when containers start and end on this host. */
@FunctionalInterface
public interface ContainerListener {
    /**
     * What changed since the last call; calls come one after the other, in order, from one thread. A container that was replaced by
     * one of the same id is in both lists.
     */
    void changed(List<Container> started, List<Container> ended);
}
