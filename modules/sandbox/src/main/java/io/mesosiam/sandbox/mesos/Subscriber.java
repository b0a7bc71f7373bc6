package io.mesosiam.sandbox.mesos;

/** One who is told of every change in a cluster, in order, by the thread that makes it. */
interface Subscriber {
    /** How things stand; before anything else. */
    void first(ClusterView view);

    void told(ClusterEvent event);

    /** The master is gone: nothing more will be told. */
    void end();
}
