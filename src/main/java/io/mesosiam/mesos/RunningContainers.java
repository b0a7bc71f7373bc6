package io.mesosiam.mesos;

import java.util.Map;
import java.util.Optional;

/**
 * The containers that run according to the agents, at one moment. The model consults it before it concludes from a
 * missing task that the task has ended, and if a task is listed in a container that has ended, or in another one than before.
 */
@FunctionalInterface
public interface RunningContainers {
    /** The containers that the agent of that host reports; empty if it isn't connected. */
    Optional<Map<ContainerId, ReportedContainer>> on(MesosAgentId host);

    /** Whether the agent of the task's host is connected and reports the task's container as running. */
    default boolean reportedAlive(Task task) {
        return on(task.key().agent())
                .filter(containers -> isAmong(containers, task))
                .isPresent();
    }

    /** Whether the task may run in its container: unless the agent of its host is connected and reports otherwise. */
    default boolean mayRun(Task task) {
        return task.container().isPresent()
                && on(task.key().agent())
                        .map(containers -> isAmong(containers, task))
                        .orElse(true);
    }

    /** Whether the agent of the task's host reports the task's container as launched for the task's own executor. */
    default boolean isOwn(Task task) {
        return on(task.key().agent())
                .flatMap(containers -> task.container().map(containers::get))
                .filter(container -> container.executor().isPresent() && container.mayRun(task))
                .isPresent();
    }

    private static boolean isAmong(Map<ContainerId, ReportedContainer> containers, Task task) {
        return task.container()
                .map(containers::get)
                .filter(container -> container.mayRun(task))
                .isPresent();
    }
}
