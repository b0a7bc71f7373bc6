package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can change a {@link ClusterModel}. The first seven cases correspond to the operator stream's events
 * of similar names.
 */
public sealed interface ClusterEvent {
    /** A task was launched, or was reported again by a returning Mesos agent; its state shows which. */
    record TaskAdded(SeenTask seen) implements ClusterEvent {}

    /**
     * A status update.
     *
     * @param state the task's latest state, which can be newer than the forwarded status
     * @param source origin of the status: {@code SOURCE_MASTER}, {@code SOURCE_AGENT}, {@code SOURCE_EXECUTOR}
     */
    record TaskUpdated(TaskKey key, TaskState state, String source, Optional<ContainerId> container)
            implements ClusterEvent {}

    /** FRAMEWORK_ADDED or FRAMEWORK_UPDATED; both contain the complete framework. */
    record FrameworkSeen(SeenFramework seen) implements ClusterEvent {}

    record FrameworkRemoved(FrameworkId framework) implements ClusterEvent {}

    record AgentAdded(MesosAgent agent) implements ClusterEvent {}

    record AgentRemoved(MesosAgentId agent) implements ClusterEvent {}

    /** HEARTBEAT, and event types of later Mesos versions. */
    record Nothing(String type) implements ClusterEvent {}

    /** An event with an invalid value; the reason names it. */
    record Unusable(String reason) implements ClusterEvent {}

    /** SUBSCRIBED: the complete state. Every later event of the stream is relative to it. */
    record Subscribed(Leader leader, Snapshot snapshot) implements ClusterEvent {}

    /**
     * The response to a poll.
     *
     * @param askedAt the model's version when the poll was requested; it can't contradict later events
     * @param besideStream whether a live stream of the same leader also reports changes
     * @param gauges the master's task counts just before and just after the poll, or why they aren't known
     */
    record Polled(Leader leader, Snapshot snapshot, long askedAt, boolean besideStream, MasterTaskCounts gauges)
            implements ClusterEvent {}

    /** The enforcement flags from a leader's {@code /flags}. */
    record FlagsRead(Enforcement enforcement) implements ClusterEvent {}

    /** Masters have ceased to answer, or answer again. {@link Subscribed} and {@link Polled} are answers as well. */
    record MasterAnswers(boolean answers) implements ClusterEvent {}

    /** Another source proved that a launch has ended: the agent on its host, or EC2. */
    record EndObserved(Launch launch, TaskEnd end) implements ClusterEvent {}

    /** These ended launches are no longer needed. */
    record Forgotten(Set<Launch> launches) implements ClusterEvent {}
}
