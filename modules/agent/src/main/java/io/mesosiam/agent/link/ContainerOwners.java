package io.mesosiam.agent.link;

/** What this host's Mesos says of its containers, independently of what executors report to the master. */
@FunctionalInterface
public interface ContainerOwners {
    /** Whether the container is known to be another executor's than this one. */
    boolean isOfAnotherExecutor(String containerId, String frameworkId, String executorId);
}
