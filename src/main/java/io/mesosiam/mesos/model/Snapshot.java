package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that a master lists at one moment: {@code /state}, GET_STATE, or the first part of a stream (SUBSCRIBED).
 *
 * @param leader the answering master; empty for the v1 formats, which don't contain it
 * @param agents the registered Mesos agents
 * @param removedFrameworks the completed frameworks
 * @param rejected elements that couldn't be read, each with its reason; other elements are valid
 */
public record Snapshot(
        Optional<Leader> leader,
        List<SeenTask> tasks,
        List<SeenFramework> frameworks,
        Set<FrameworkId> removedFrameworks,
        List<MesosAgent> agents,
        List<Rejected> rejected) {

    /**
     * A framework as the master reports it.
     *
     * @param recovered whether the leader only knows it from Mesos agents, because its scheduler has not subscribed
     *     again
     */
    public record SeenFramework(Framework framework, boolean recovered) {}

    /** Counts the live tasks as the master's gauges do, including rejected ones. */
    public TaskCounts counts() {
        return TaskCounts.of(Stream.concat(
                tasks.stream()
                        .filter(seen -> seen.listing() != Listing.COMPLETED)
                        .map(seen -> seen.task().state()),
                rejectedLive().map(Rejected.OneTask::state)));
    }

    /** The rejected live tasks: a launch that may be one of them is not absent. */
    public RejectedTasks rejectedTasks() {
        return new RejectedTasks(rejectedLive());
    }

    /** Whether a Mesos agent was rejected, so that any Mesos agent may be listed. */
    boolean hasRejectedAgent() {
        return rejected.stream().anyMatch(Rejected.OneMesosAgent.class::isInstance);
    }

    private Stream<Rejected.OneTask> rejectedLive() {
        return rejected.stream()
                .filter(Rejected.OneTask.class::isInstance)
                .map(Rejected.OneTask.class::cast)
                .filter(task -> task.listing() != Listing.COMPLETED);
    }
}
