package io.mesosiam.sandbox.cluster;

/** Receives every change of a cluster, in order, on the thread that makes it. */
public interface Subscriber {
    /** The current state; called first. */
    void first(ClusterView view);

    void changed(ClusterEvent event);

    /** The master has stopped: there are no further events. */
    void end();
}
