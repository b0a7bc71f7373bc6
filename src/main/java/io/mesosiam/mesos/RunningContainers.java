package io.mesosiam.mesos;

/**
 * The containers that run according to the agents, at one moment. The model consults it before it concludes from a
 * missing task that the task has ended, and if a task is listed in a container that has ended.
 */
@FunctionalInterface
public interface RunningContainers {
    /** Whether the agent of that host was connected and reported the container as running. */
    boolean reportedAlive(MesosAgentId host, ContainerId container);
}
