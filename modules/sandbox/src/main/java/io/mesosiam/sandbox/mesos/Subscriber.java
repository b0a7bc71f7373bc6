package io.mesosiam.sandbox.mesos;

/** Receives every change of a cluster, in order, on the thread that makes it. */
interface Subscriber {
    /** The current state; called first. */
    void first(ClusterView view);

    void changed(ClusterEvent event);

    /** The master has stopped: there are no further events. */
    void end();
}
