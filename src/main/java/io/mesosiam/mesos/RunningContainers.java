package io.mesosiam.mesos;

/**
 * Reports which containers run according to the agents. The watch consults it before it concludes from a missing task
 * that the task has ended.
 */
@FunctionalInterface
public interface RunningContainers {
    /** Whether the agent of that host is connected and reports the container as running. */
    boolean reportedAlive(MesosAgentId host, ContainerId container);
}
