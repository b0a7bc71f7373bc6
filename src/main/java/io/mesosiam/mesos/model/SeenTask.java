package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * A task as one listing or TASK_ADDED shows it.
 *
 * @param lostBy who said TASK_LOST, where its state is that and the form tells: {@code SOURCE_AGENT}
 */
public record SeenTask(Task task, Listing listing, Optional<String> lostBy) {
    /** Who, when they say TASK_LOST, mean that the task ended and not that it is out of sight. */
    private static final Set<String> LOSS_WITNESSES = Set.of("SOURCE_AGENT", "SOURCE_SLAVE", "SOURCE_EXECUTOR");

    /** Which of the master's lists it stands in; a task of an event counts as live. */
    public enum Listing {
        LIVE,
        UNREACHABLE,
        COMPLETED
    }

    SeenTask in(Listing other) {
        return listing == other ? this : new SeenTask(task, other, lostBy);
    }

    /** The end of the task that this proves by itself, if it does. */
    Optional<TaskEnd> end() {
        if (task.state().isEnd()) {
            return Optional.of(new TaskEnd.Terminal(task.state()));
        }
        return task.state() == TaskState.LOST
                ? lostBy.filter(LOSS_WITNESSES::contains).map(TaskEnd.LostAtSource::new)
                : Optional.empty();
    }
}
