package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.Leader;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import java.util.Optional;
import java.util.Set;

/** Everything that can change a {@link ClusterModel}. The first seven are the operator stream's events of like names. */
public sealed interface ClusterEvent {
    /** A new task, or one that came back with its Mesos agent; its state tells which. */
    record TaskAdded(SeenTask seen) implements ClusterEvent {}

    /**
     * A status update.
     *
     * @param state the task's latest state, which may be ahead of the status that is passed on
     * @param source who said so: {@code SOURCE_MASTER}, {@code SOURCE_AGENT}, {@code SOURCE_EXECUTOR}
     */
    record TaskUpdated(
            TaskKey key, TaskState state, String source, Optional<ContainerId> container, Optional<String> executorId)
            implements ClusterEvent {}

    /** FRAMEWORK_ADDED or FRAMEWORK_UPDATED: both carry the whole framework. */
    record FrameworkSeen(SeenFramework seen) implements ClusterEvent {}

    record FrameworkRemoved(FrameworkId framework) implements ClusterEvent {}

    record AgentAdded(MesosAgent agent) implements ClusterEvent {}

    record AgentRemoved(MesosAgentId agent) implements ClusterEvent {}

    /** HEARTBEAT, and whatever a later Mesos adds. */
    record Nothing(String type) implements ClusterEvent {}

    /** An event with a value that can't be used; the reason names it. */
    record Unusable(String reason) implements ClusterEvent {}

    /** SUBSCRIBED: all there is; every later event of the stream comes on top. */
    record Subscribed(Leader leader, Snapshot snapshot) implements ClusterEvent {}

    /**
     * An answer to a poll.
     *
     * @param askedAt the model's version when it was asked for: what was heard later isn't contradicted by it
     * @param besideStream whether a live stream of the same leader tells of changes, too
     * @param gauges what the master counted just before and just after, or why that isn't known
     */
    record Polled(Leader leader, Snapshot snapshot, long askedAt, boolean besideStream, MasterTaskCounts gauges)
            implements ClusterEvent {}

    /** What a leader's {@code /flags} say of principals. */
    record FlagsRead(Enforcement enforcement) implements ClusterEvent {}

    /** Somebody else proved that a launch ended: our agent on its host, or EC2. */
    record EndObserved(Launch launch, TaskEnd end) implements ClusterEvent {}

    /** Nothing holds on to these ended launches any more. */
    record Forgotten(Set<Launch> launches) implements ClusterEvent {}
}
