package io.mesosiam.lease;

import java.time.Duration;

/** Receives how long leases and tasks have waited, for metrics. Calls return at once. */
@FunctionalInterface
public interface LeaseTimes {
    /** A lease's first session is sent to its host, so long after the lease's creation. */
    void firstSession(Duration waited);

    /** A host's agent has confirmed the first session of a task, so long after this controller saw the task's start. */
    default void firstCredentials(Duration waited) {}
}
