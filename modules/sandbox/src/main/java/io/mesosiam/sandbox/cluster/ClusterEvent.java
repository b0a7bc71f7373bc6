package io.mesosiam.sandbox.cluster;

/** Events for subscribers of the operator API. */
public sealed interface ClusterEvent {
    record AgentAdded(RegisteredAgent agent) implements ClusterEvent {}

    record AgentRemoved(String agentId) implements ClusterEvent {}

    record FrameworkAdded(RegisteredFramework framework) implements ClusterEvent {}

    record FrameworkUpdated(RegisteredFramework framework) implements ClusterEvent {}

    record FrameworkRemoved(RegisteredFramework framework) implements ClusterEvent {}

    /** A task is new, at all or to this master. */
    record TaskAdded(TaskRun run) implements ClusterEvent {}

    /**
     * A task has a new status.
     *
     * @param state the current state of the task, which can differ from that of the status
     */
    record TaskUpdated(TaskSpec spec, TaskStatus status, TaskState state) implements ClusterEvent {}

    /** Whether principals that may view neither frameworks nor tasks receive the event. */
    default boolean ofAgents() {
        return switch (this) {
            case AgentAdded _, AgentRemoved _ -> true;
            case FrameworkAdded _, FrameworkUpdated _, FrameworkRemoved _, TaskAdded _, TaskUpdated _ -> false;
        };
    }
}
