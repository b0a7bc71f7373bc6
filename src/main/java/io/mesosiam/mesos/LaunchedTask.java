package io.mesosiam.mesos;

import java.util.Optional;

/**
 * One launch with the latest known data of its task.
 *
 * @param witnessed whether the leader was observed launching it (or its lease row existed), as opposed to being first
 *     reported by a Mesos agent
 * @param end the proven reason for which it has ended; empty while it runs, is unreachable, or is missing from a
 *     listing
 */
public record LaunchedTask(Launch launch, Task task, boolean witnessed, Optional<TaskEnd> end) {
    /** Returns this launch, marked as witnessed. */
    public LaunchedTask asWitnessed() {
        return new LaunchedTask(launch, task, true, end);
    }

    /** Returns this launch, in no known container. */
    public LaunchedTask withoutContainer() {
        return new LaunchedTask(launch, task.withoutContainer(), witnessed, end);
    }

    /** Whether the task's state is what has changed in the other one, and nothing else. */
    public boolean differsInItsTaskStateAlone(LaunchedTask other) {
        return task.state() != other.task.state()
                && new LaunchedTask(launch, task.in(other.task.state()), witnessed, end).equals(other);
    }

    /**
     * Whether a report of a live task with the same key belongs to a later run than this one.
     *
     * @param launched whether the leader was just observed launching it
     */
    public boolean isFollowedBy(Task seen, boolean launched) {
        boolean started = task.container().isPresent() || task.state() != TaskState.STAGING;
        return end.isPresent() || task.isElsewhere(seen.container()) || (launched && started);
    }
}
