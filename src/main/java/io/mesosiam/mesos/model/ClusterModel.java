package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * The cluster state with the bookkeeping needed to compute the next one. Immutable and a pure function of the events:
 * {@link #apply} contains all of the watch's knowledge of Mesos's behaviour. The maps are persistent, so an event costs
 * O(log n) time and memory for a cluster of size n.
 *
 * @param runs the latest launch of each task key
 * @param ended ended launches, oldest first
 * @param term what the leader has reported during its term
 * @param subscribedAt the version of the last SUBSCRIBED
 */
public record ClusterModel(ClusterState state, Runs runs, PVector<Launch> ended, LeaderTerm term, long subscribedAt) {
    /** Maximum number of ended launches that are kept, even if they have not been reported as no longer needed. */
    static final int MAX_ENDED = 20_000;

    /** The result of one event. */
    public record Change(ClusterModel model, Set<Launch> touched) {}

    /**
     * The model before any master has answered.
     *
     * @param known launches of the leases that an earlier controller left
     */
    public static ClusterModel startingWith(Collection<KnownLaunch> known) {
        ClusterState nothing = new ClusterState(
                0,
                Optional.empty(),
                false,
                Enforcement.UNKNOWN,
                new Completeness.Incomplete("no master has answered yet"),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty());
        ModelTransition edit = new ModelTransition(
                new ClusterModel(nothing, Runs.NONE, TreePVector.empty(), LeaderTerm.NEW, 0), _ -> Optional.empty());
        known.stream()
                .sorted(Comparator.comparingLong(row -> row.launch().sequence()))
                .forEach(edit.launches::addKnown);
        return edit.done().model();
    }

    /**
     * Applies an event.
     *
     * @param running consulted before a missing launch would be ended, and for a task that is listed in a container that has
     *     ended or in another one than before
     */
    public Change apply(ClusterEvent event, RunningContainers running) {
        ModelTransition edit = new ModelTransition(this, running);
        switch (event) {
            case ClusterEvent.Nothing _, ClusterEvent.Unusable _ -> {
                return new Change(this, Set.of());
            }
            case ClusterEvent.TaskAdded(SeenTask seen) -> edit.taskAdded(seen);
            case ClusterEvent.TaskUpdated updated -> edit.taskUpdated(updated);
            case ClusterEvent.FrameworkSeen(SeenFramework seen) -> edit.frameworkSeen(seen);
            case ClusterEvent.FrameworkRemoved(FrameworkId id) -> edit.frameworkRemoved(id);
            case ClusterEvent.AgentAdded(MesosAgent agent) -> edit.agentAdded(agent);
            case ClusterEvent.AgentRemoved(MesosAgentId id) -> edit.agentRemoved(id);
            case ClusterEvent.FlagsRead(Enforcement enforcement) -> edit.enforcement(enforcement);
            case ClusterEvent.MasterAnswers(boolean answers) -> edit.masterAnswers(answers);
            case ClusterEvent.EndObserved(Launch launch, TaskEnd end) -> edit.launches.end(launch, end);
            case ClusterEvent.Forgotten(Set<Launch> launches) -> edit.launches.forget(launches);
            case ClusterEvent.Subscribed subscribed -> new SnapshotMerge(edit).subscribed(subscribed);
            case ClusterEvent.Polled polled -> new SnapshotMerge(edit).polled(polled);
        }
        if (followsLaunches(event)) {
            edit.term = edit.term.movedOn();
        }
        return edit.done();
    }

    /**
     * Whether the event ends an uninterrupted sequence of TASK_ADDED, which only another event of the stream does. What
     * polls, agents and the reconciler report can arrive between the tasks of a returning Mesos agent and its
     * AGENT_ADDED.
     */
    private static boolean followsLaunches(ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.TaskUpdated _,
                    ClusterEvent.FrameworkSeen _,
                    ClusterEvent.FrameworkRemoved _,
                    ClusterEvent.AgentAdded _,
                    ClusterEvent.AgentRemoved _,
                    ClusterEvent.Subscribed _ -> true;
            case ClusterEvent.TaskAdded _,
                    ClusterEvent.Nothing _,
                    ClusterEvent.Unusable _,
                    ClusterEvent.Polled _,
                    ClusterEvent.FlagsRead _,
                    ClusterEvent.MasterAnswers _,
                    ClusterEvent.EndObserved _,
                    ClusterEvent.Forgotten _ -> false;
        };
    }
}
