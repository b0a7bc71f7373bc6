package io.mesosiam.agent.attest;

import java.util.List;

/** Who wants to know when containers start and end on this host. */
@FunctionalInterface
public interface ContainerListener {
    /**
     * What a look found to have changed since the one before. Told within the look, before anybody is attested as a container that
     * it found, so it must be quick; calls come one after the other. A container that was replaced by one of the same id is in both
     * lists. If it throws, the look counts for nothing.
     */
    void changing(List<Container> started, List<Container> ended);

    /** The change is in {@link KernelAttestor#running()} now. Told on a thread that may wait. */
    default void changed() {}
}
