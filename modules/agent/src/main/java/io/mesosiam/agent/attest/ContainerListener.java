package io.mesosiam.agent.attest;

import java.util.List;

/** Is notified when containers start and end on this host. */
@FunctionalInterface
public interface ContainerListener {
    /**
     * Notifies of the changes that a scan found. Called within the scan, before any caller is attested as a container
     * that the scan found, so it must be quick; calls come one after the other. A container that was replaced by one of
     * the same id is in both lists. If it throws, the scan's result is discarded.
     */
    void changing(List<Container> started, List<Container> ended);

    /** Notifies that {@link KernelAttestor#running()} includes the changes now. Called on a thread that may wait. */
    default void changed() {}
}
