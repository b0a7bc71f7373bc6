package io.mesosiam.sandbox.mesos;

/** What a subscriber of the operator API is told. */
sealed interface ClusterEvent {
    record AgentAdded(RegisteredAgent agent) implements ClusterEvent {}

    record AgentRemoved(String agentId) implements ClusterEvent {}

    record FrameworkAdded(RegisteredFramework framework) implements ClusterEvent {}

    record FrameworkUpdated(RegisteredFramework framework) implements ClusterEvent {}

    record FrameworkRemoved(RegisteredFramework framework) implements ClusterEvent {}

    /** A task is new, or new to this master. */
    record TaskAdded(TaskRun run) implements ClusterEvent {}

    /**
     * A task has a new status.
     *
     * @param state the state that the task has now; not always the status's own
     */
    record TaskUpdated(TaskSpec spec, TaskStatus status, TaskState state) implements ClusterEvent {}

    /** Whether it is shown to those who may view neither frameworks nor tasks. */
    default boolean ofAgents() {
        return switch (this) {
            case AgentAdded _, AgentRemoved _ -> true;
            case FrameworkAdded _, FrameworkUpdated _, FrameworkRemoved _, TaskAdded _, TaskUpdated _ -> false;
        };
    }
}
