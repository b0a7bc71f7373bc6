package io.mesosiam.mesos;

import java.util.Optional;

/**
 * One launch and the last that is known of it.
 *
 * @param witnessed whether the leader was seen launching it (or its lease row was already there), as opposed to first
 *     seen through a Mesos agent's own report
 * @param end why it is known to have ended; empty while it runs, is unreachable, or merely isn't listed
 */
public record LaunchedTask(Launch launch, Task task, boolean witnessed, Optional<TaskEnd> end) {
    /**
     * Whether a sighting of a live task of the same key tells of another run than this one.
     *
     * @param launched whether the leader was just seen launching it
     */
    public boolean isFollowedBy(Task sighted, boolean launched) {
        boolean started = task.container().isPresent() || task.state() != TaskState.STAGING;
        return end.isPresent() || task.isElsewhere(sighted.container()) || (launched && started);
    }
}
