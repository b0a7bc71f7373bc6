package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.model.LeaderTerm.Doubt;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * Applies a listing of the complete cluster.
 *
 * <p>A missing launch alone proves nothing: a new leader answers with an empty cluster, and ACLs filter listings without
 * an indication. A launch that is not listed is ended only if all of these hold:
 *
 * <ol>
 *   <li>The listing was requested after the last event about the launch, and after its Mesos agent registered with this
 *       leader; the Mesos agent is still registered.
 *   <li>The same was true for the previous listing in the same term of the same leader.
 *   <li>No listed task that couldn't be read may be this one.
 *   <li>The agent on its host does not report its container as running.
 *   <li>The listing is complete: it agrees exactly with the master's own counters before and after it, and no framework
 *       is missing without a reported removal.
 * </ol>
 */
final class SnapshotMerge {
    private static final int ABSENCES_THAT_END = 2;

    private final ModelTransition edit;
    private final LaunchTransitions launches;

    SnapshotMerge(ModelTransition edit) {
        this.edit = edit;
        this.launches = edit.launches;
    }

    /** Applies SUBSCRIBED, which is newer than everything received before. It ends no missing launch. */
    void subscribed(ClusterEvent.Subscribed subscribed) {
        edit.leader(subscribed.leader());
        edit.subscribedAt = edit.version;
        launches.streamBegins(edit.version);
        edit.term = edit.term.doubting(HashTreePSet.empty());
        Snapshot snapshot = subscribed.snapshot();
        members(snapshot, Long.MAX_VALUE);
        for (SeenTask seen : snapshot.tasks()) {
            if (seen.listing() != Listing.COMPLETED) {
                edit.taskSeen(seen, false);
                // The task is listed, so earlier consecutive absences don't count.
                launches.eventSeen(seen.task().key(), edit.version);
            }
        }
        completed(snapshot, live(snapshot), Long.MAX_VALUE);
    }

    /** Applies a {@code /state} response. A response that was requested before the current stream began is ignored. */
    void polled(ClusterEvent.Polled polled) {
        if (polled.askedAt() < edit.subscribedAt) {
            return;
        }
        launches.dropOldestEnded(Integer.MAX_VALUE);
        if (!polled.besideStream()) {
            launches.streamIsAway();
        }
        edit.leader(polled.leader());
        Snapshot snapshot = polled.snapshot();
        members(snapshot, polled.askedAt());
        observed(polled);
        Set<TaskKey> live = live(snapshot);
        completed(snapshot, live, polled.askedAt());
        edit.view = view(polled);
        absences(polled, live);
    }

    private void members(Snapshot snapshot, long askedAt) {
        snapshot.frameworks().forEach(edit::frameworkSeen);
        for (FrameworkId id : snapshot.removedFrameworks()) {
            if (!edit.term.frameworks().removed().contains(id)) {
                edit.frameworkRemoved(id);
            }
        }
        edit.term = edit.term.with(edit.term.frameworks().retainRemoved(snapshot.removedFrameworks()));
        Set<MesosAgentId> present = new HashSet<>();
        for (MesosAgent agent : snapshot.agents()) {
            present.add(agent.id());
            if (!edit.term.agents().removedAfter(agent.id(), askedAt)) {
                edit.register(agent);
            }
        }
        for (MesosAgentId id : List.copyOf(edit.agents.keySet())) {
            if (!present.contains(id)
                    && !snapshot.hasRejectedAgent()
                    && !edit.term.agents().registeredAfter(id, askedAt)) {
                edit.unregister(id);
            }
        }
        // A launch on this Mesos agent may still be reported as lost with it.
        edit.term = edit.term.with(edit.term
                .agents()
                .forgetRemoved(askedAt, id -> !launches.runs().on(id).isEmpty()));
    }

    /**
     * Applies the live tasks of a poll. A poll can be ahead of the concurrent stream: an unknown run is added only if
     * the next poll still lists it, since by that time the stream has reported earlier changes.
     */
    private void observed(ClusterEvent.Polled polled) {
        PSet<Doubt> doubts = HashTreePSet.empty();
        for (SeenTask seen : polled.snapshot().tasks()) {
            if (seen.listing() == Listing.COMPLETED) {
                continue;
            }
            Task task = seen.task();
            Optional<Run> run = launches.runs().of(task.key());
            if (run.filter(known -> known.lastEvent() > polled.askedAt()).isPresent()) {
                continue;
            }
            boolean news = !task.state().isEnd()
                    && run.map(known -> launches.isNewRun(known, task, false)).orElse(true);
            Doubt doubt = new Doubt(task.key(), task.container());
            if (polled.besideStream() && news && !edit.term.doubts().contains(doubt)) {
                doubts = doubts.plus(doubt);
            } else {
                edit.taskSeen(seen, false);
            }
        }
        edit.term = edit.term.doubting(doubts);
    }

    /** Applies ended tasks: an end that was missed, or the end of an earlier run of a reused task id. */
    private void completed(Snapshot snapshot, Set<TaskKey> live, long askedAt) {
        RejectedTasks rejected = snapshot.rejectedTasks();
        for (SeenTask seen : snapshot.tasks()) {
            if (seen.listing() == Listing.COMPLETED) {
                launches.runs()
                        .of(seen.task().key())
                        .filter(run -> run.lastEvent() <= askedAt
                                && launches.isRunning(run.launch())
                                && isOf(run.launch(), seen.task(), live, rejected)
                                && !isJoined(run.launch()))
                        .ifPresent(_ -> edit.taskSeen(seen, false));
            }
        }
    }

    /** Whether a completed task is this launch: it has its container, or it can't be another run's. */
    private boolean isOf(Launch launch, Task completed, Set<TaskKey> live, RejectedTasks rejected) {
        Optional<ContainerId> container = launches.container(launch);
        boolean sameContainer =
                completed.container().isPresent() && completed.container().equals(container);
        boolean onlyRun = !live.contains(completed.key())
                && container.isEmpty()
                && completed.state().isEnd()
                && !rejected.mayInclude(completed.key());
        return sameContainer || onlyRun;
    }

    /**
     * Whether a run that is added with the next poll is in the launch's container. The launch ends after that: what it was given
     * is the other task's, too, if both are given the same.
     */
    private boolean isJoined(Launch launch) {
        return launches.container(launch)
                .filter(container -> edit.term.doubts().stream()
                        .anyMatch(
                                doubt -> doubt.key().agent().equals(launch.key().agent())
                                        && doubt.container().equals(Optional.of(container))))
                .isPresent();
    }

    private void absences(ClusterEvent.Polled polled, Set<TaskKey> live) {
        boolean whole = edit.view instanceof Completeness.Whole
                && polled.gauges().exactly(polled.snapshot().counts());
        Set<FrameworkId> shown = frameworks(polled.snapshot());
        RejectedTasks rejected = polled.snapshot().rejectedTasks();
        Set<MesosAgentId> present = new HashSet<>();
        polled.snapshot().agents().forEach(agent -> present.add(agent.id()));
        launches.runs().byAgent().forEach((agent, runs) -> {
            boolean settled = present.contains(agent) && edit.term.agents().wasRegistered(agent, polled.askedAt());
            for (Run run : runs.values()) {
                if (live.contains(run.launch().key())) {
                    if (run.absences() > 0) {
                        launches.absent(run, 0);
                    }
                } else if (whole
                        && settled
                        && shown.contains(run.launch().key().framework())
                        && run.lastEvent() <= polled.askedAt()
                        && launches.isRunning(run.launch())
                        && !rejected.mayInclude(run.launch().key())) {
                    absent(run, polled.leader());
                }
            }
        });
    }

    private void absent(Run run, Leader leader) {
        int times = launches.isReportedAlive(run.launch()) ? 0 : run.absences() + 1;
        if (times >= ABSENCES_THAT_END) {
            launches.end(run.launch(), new TaskEnd.Absent(leader.id()));
        } else {
            launches.absent(run, times);
        }
    }

    private Completeness view(ClusterEvent.Polled polled) {
        Set<FrameworkId> shown = frameworks(polled.snapshot());
        Set<FrameworkId> vanished = new HashSet<>();
        launches.runs().all().forEach(run -> {
            FrameworkId framework = run.launch().key().framework();
            if (!shown.contains(framework)
                    && edit.term.frameworks().listed().contains(framework)
                    && run.lastEvent() <= polled.askedAt()
                    && launches.isRunning(run.launch())) {
                vanished.add(framework);
            }
        });
        if (!vanished.isEmpty()) {
            FrameworkId one = vanished.iterator().next();
            return new Completeness.Incomplete(
                    "%d framework(s) are no longer listed although no removal was reported, such as %s"
                            .formatted(vanished.size(), one));
        }
        return polled.gauges().compare(polled.snapshot().counts());
    }

    private static Set<FrameworkId> frameworks(Snapshot snapshot) {
        Set<FrameworkId> shown = new HashSet<>();
        snapshot.frameworks().forEach(seen -> shown.add(seen.framework().id()));
        return shown;
    }

    private static Set<TaskKey> live(Snapshot snapshot) {
        Set<TaskKey> live = HashSet.newHashSet(snapshot.tasks().size());
        for (SeenTask seen : snapshot.tasks()) {
            if (seen.listing() != Listing.COMPLETED) {
                live.add(seen.task().key());
            }
        }
        return live;
    }
}
