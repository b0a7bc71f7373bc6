package io.mesosiam.mesos;

/**
 * A task in the container that runs it. Unlike the number of a {@link Launch}, all controllers know it by the same values. A
 * later launch of the task key is in another container, unless an executor runs one task id twice.
 */
public record TaskContainer(TaskKey task, ContainerId container) {
    @Override
    public String toString() {
        return task + " in container " + container;
    }
}
