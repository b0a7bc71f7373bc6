package io.mesosiam.mesos;

import java.util.Optional;
import java.util.Set;

/**
 * The containers that run according to the agents, at one moment. The model consults it before it concludes from a
 * missing task that the task has ended, and if a task is listed in a container that has ended, or in another one than before.
 */
@FunctionalInterface
public interface RunningContainers {
    /** The containers that the agent of that host reports; empty if it isn't connected. */
    Optional<Set<ContainerId>> on(MesosAgentId host);

    /** Whether the agent of that host is connected and reports the container as running. */
    default boolean reportedAlive(MesosAgentId host, ContainerId container) {
        return on(host).filter(containers -> containers.contains(container)).isPresent();
    }

    /** Whether the container may run: unless the agent of that host is connected and doesn't report it. */
    default boolean mayRun(MesosAgentId host, ContainerId container) {
        return on(host).map(containers -> containers.contains(container)).orElse(true);
    }
}
