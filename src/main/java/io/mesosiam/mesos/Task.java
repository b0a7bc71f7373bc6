package io.mesosiam.mesos;

import java.util.List;
import java.util.Optional;

/**
 * A task as the master reports it, with the values that policies can match.
 *
 * @param role the role to which its resources were allocated
 * @param user the task's own user; empty if its framework's user applies
 * @param executorId empty for a command task that has no container yet
 * @param image the container image as the framework wrote it
 * @param labels those that are kept, and {@link Label#NOT_KEPT} for others
 * @param container empty until a status names it (not before TASK_STARTING)
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
    /** A label of a task. Mesos keeps labels as a multiset: a key can occur repeatedly or without a value. */
    public record Label(String key, Optional<String> value) {
        /** Stands for the labels of a task that are not kept. Its key can't be compared. */
        public static final Label NOT_KEPT = new Label(String.valueOf(MesosText.REPLACED), Optional.empty());

        /** What it takes in memory, roughly, in characters. */
        private int weight() {
            return 64 + key.length() + value.map(String::length).orElse(0);
        }
    }

    /** The most that labels which are kept after a task's end weigh together. */
    private static final int ENDED_LABELS = 2_048;

    public Task {
        labels = List.copyOf(labels);
    }

    public Task in(TaskState other) {
        return new Task(key, name, role, user, executorId, image, labels, other, container);
    }

    /** Returns this task with that executor and container where it has none. */
    public Task or(Optional<String> executor, Optional<ContainerId> in) {
        return new Task(
                key, name, role, user, executorId.or(() -> executor), image, labels, state, container.or(() -> in));
    }

    /** Returns this task, in no known container. */
    Task withoutContainer() {
        return new Task(key, name, role, user, executorId, image, labels, state, Optional.empty());
    }

    /** Returns this task as it is kept after its end: without its labels if they are long. */
    public Task ended() {
        return labels.stream().mapToLong(Label::weight).sum() <= ENDED_LABELS
                ? this
                : new Task(key, name, role, user, executorId, image, List.of(Label.NOT_KEPT), state, container);
    }

    /** The task with its container; empty until a status names one. */
    public Optional<TaskContainer> inContainer() {
        return container.map(in -> new TaskContainer(key, in));
    }

    /** Whether both containers are known and differ. */
    public boolean isElsewhere(Optional<ContainerId> other) {
        return container.isPresent() && other.isPresent() && !container.equals(other);
    }
}
