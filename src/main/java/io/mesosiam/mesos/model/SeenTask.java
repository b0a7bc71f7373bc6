package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * A task as one listing or TASK_ADDED reports it.
 *
 * @param lostBy source of a TASK_LOST, if the state is that and the format contains it: {@code SOURCE_AGENT}
 */
public record SeenTask(Task task, Listing listing, Optional<String> lostBy) {
    /** Sources whose TASK_LOST means that the task has ended, not that it is unreachable. */
    private static final Set<String> LOSS_WITNESSES = Set.of("SOURCE_AGENT", "SOURCE_SLAVE", "SOURCE_EXECUTOR");

    /** The list of the master that contains it. A task of an event counts as live. */
    public enum Listing {
        LIVE,
        UNREACHABLE,
        COMPLETED
    }

    SeenTask in(Listing other) {
        return listing == other ? this : new SeenTask(task, other, lostBy);
    }

    /** The end that this report proves by itself, if any. */
    Optional<TaskEnd> end() {
        if (task.state().isEnd()) {
            return Optional.of(new TaskEnd.Terminal(task.state()));
        }
        return task.state() == TaskState.LOST
                ? lostBy.filter(LOSS_WITNESSES::contains).map(TaskEnd.LostAtSource::new)
                : Optional.empty();
    }
}
