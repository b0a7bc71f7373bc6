package io.mesosiam.mesos;

import java.util.List;
import java.util.Optional;

/**
 * A task as the master shows it, with what policies may match on.
 *
 * @param role the role its resources were allocated to
 * @param user the user it names itself; empty where its framework's applies
 * @param executorId empty for a command task whose status has not named it yet
 * @param image the container image as the framework wrote it
 * @param container empty until a status names it (never before TASK_STARTING)
 */
public record Task(
        TaskKey key,
        String name,
        MesosRole role,
        Optional<String> user,
        Optional<String> executorId,
        Optional<String> image,
        List<Label> labels,
        TaskState state,
        Optional<ContainerId> container) {
    public Task {
        labels = List.copyOf(labels);
    }

    public Task in(TaskState other) {
        return new Task(key, name, role, user, executorId, image, labels, other, container);
    }

    /** This with that executor and container, where it doesn't name its own. */
    public Task or(Optional<String> executor, Optional<ContainerId> in) {
        return new Task(
                key, name, role, user, executorId.or(() -> executor), image, labels, state, container.or(() -> in));
    }

    /** Whether that is another container than the task's, as far as both are known. */
    public boolean isElsewhere(Optional<ContainerId> other) {
        return container.isPresent() && other.isPresent() && !container.equals(other);
    }
}
