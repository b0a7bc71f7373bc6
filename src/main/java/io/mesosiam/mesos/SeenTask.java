package io.mesosiam.mesos;

import java.util.Optional;

/**
 * A task as one listing or TASK_ADDED shows it.
 *
 * @param lostBy who said TASK_LOST, where its state is that and the form tells: {@code SOURCE_AGENT}
 */
record SeenTask(Task task, Listing listing, Optional<String> lostBy) {
    /** Which of the master's lists it stands in; a task of an event counts as live. */
    enum Listing {
        LIVE,
        UNREACHABLE,
        COMPLETED
    }

    SeenTask in(Listing other) {
        return listing == other ? this : new SeenTask(task, other, lostBy);
    }
}
