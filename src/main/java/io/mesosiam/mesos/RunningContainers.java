package io.mesosiam.mesos;

/** What the hosts say of their containers; the watch asks before it lets absence end a task. */
@FunctionalInterface
public interface RunningContainers {
    /** Whether our agent on that host is connected and reports the container alive. */
    boolean reportedAlive(MesosAgentId host, ContainerId container);
}
