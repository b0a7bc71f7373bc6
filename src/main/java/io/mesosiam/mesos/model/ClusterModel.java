package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Completeness;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * The cluster's state with the bookkeeping that makes the next one of it. Immutable, and a pure function of the events:
 * {@link #apply} is the whole of what the watch knows about Mesos's ways. The maps are persistent, so one event costs
 * O(log n) time and memory however large the cluster is.
 *
 * @param runs the latest launch of each task key
 * @param ended ended launches, the oldest first
 * @param term what the leader has shown since it leads
 * @param subscribedAt the version of the last SUBSCRIBED
 */
public record ClusterModel(ClusterState state, Runs runs, PVector<Launch> ended, LeaderTerm term, long subscribedAt) {
    /** How many ended launches are kept, whether or not anybody says that they may be forgotten. */
    static final int MAX_ENDED = 20_000;

    /** What one event makes of a model. */
    public record Change(ClusterModel model, Set<Launch> touched) {}

    /** Before a master has answered; {@code known} are the launches of the leases that an earlier controller left. */
    public static ClusterModel startingWith(Collection<KnownLaunch> known) {
        ClusterState nothing = new ClusterState(
                0,
                Optional.empty(),
                Enforcement.UNKNOWN,
                new Completeness.Incomplete("no master has answered yet"),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty());
        ModelTransition edit =
                new ModelTransition(new ClusterModel(nothing, Runs.NONE, TreePVector.empty(), LeaderTerm.NEW, 0));
        known.stream()
                .sorted(Comparator.comparingLong(row -> row.launch().sequence()))
                .forEach(edit.launches::know);
        return edit.done().model();
    }

    /** What {@code event} makes of this. {@code running} is asked only before absence would end a launch. */
    public Change apply(ClusterEvent event, RunningContainers running) {
        ModelTransition edit = new ModelTransition(this);
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
            case ClusterEvent.EndObserved(Launch launch, TaskEnd end) -> edit.launches.end(launch, end);
            case ClusterEvent.Forgotten(Set<Launch> launches) -> edit.launches.forget(launches);
            case ClusterEvent.Subscribed subscribed -> new SnapshotMerge(edit).subscribed(subscribed);
            case ClusterEvent.Polled polled -> new SnapshotMerge(edit).polled(polled, running);
        }
        if (!(event instanceof ClusterEvent.TaskAdded || event instanceof ClusterEvent.Polled)) {
            edit.term = edit.term.movedOn();
        }
        return edit.done();
    }
}
