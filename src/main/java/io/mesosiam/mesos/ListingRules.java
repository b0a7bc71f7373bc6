package io.mesosiam.mesos;

import io.mesosiam.mesos.ClusterModel.Doubt;
import io.mesosiam.mesos.SeenTask.Listing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * What a listing of the whole cluster changes.
 *
 * <p>Absence is not evidence: a new leader answers with an empty cluster, and ACLs filter without a word. A launch that
 * isn't listed ends only if
 *
 * <ol>
 *   <li>the listing was asked for after the last event about it, and after its Mesos agent was seen registered with this
 *       leader, where it still is;
 *   <li>the same is so in the next listing of the same leader's same reign;
 *   <li>our agent on its host doesn't report its container alive;
 *   <li>and the view is whole: the listing agrees to the task with the master's own counters before and after it, and no
 *       framework has vanished that nobody removed.
 * </ol>
 */
final class ListingRules {
    private static final int ABSENCES_THAT_END = 2;

    private final ModelEdit edit;

    ListingRules(ModelEdit edit) {
        this.edit = edit;
    }

    /** SUBSCRIBED: everything in it is newer than all that was heard before. It ends nothing by absence. */
    void subscribed(ClusterEvent.Subscribed subscribed) {
        edit.leader(subscribed.leader());
        edit.subscribedAt = edit.version;
        edit.doubts = HashTreePSet.empty();
        Snapshot snapshot = subscribed.snapshot();
        members(snapshot, Long.MAX_VALUE);
        for (SeenTask seen : snapshot.tasks()) {
            if (seen.listing() != Listing.COMPLETED) {
                edit.sighted(seen, false);
            }
        }
        completed(snapshot, live(snapshot), Long.MAX_VALUE);
    }

    /** An answer of {@code /state}; one that was asked for before the stream began anew is old news. */
    void polled(ClusterEvent.Polled polled, RunningContainers running) {
        if (polled.askedAt() < edit.subscribedAt) {
            return;
        }
        edit.leader(polled.leader());
        Snapshot snapshot = polled.snapshot();
        members(snapshot, polled.askedAt());
        sightings(polled);
        Set<TaskKey> live = live(snapshot);
        completed(snapshot, live, polled.askedAt());
        edit.view = view(polled);
        absences(polled, live, running);
    }

    private void members(Snapshot snapshot, long askedAt) {
        snapshot.frameworks().forEach(edit::frameworkSeen);
        for (FrameworkId id : snapshot.removedFrameworks()) {
            if (!edit.gone.contains(id)) {
                edit.frameworkRemoved(id);
            }
        }
        edit.gone = HashTreePSet.from(snapshot.removedFrameworks());
        Set<MesosAgentId> present = new HashSet<>();
        for (MesosAgent agent : snapshot.agents()) {
            present.add(agent.id());
            Long removed = edit.removedAgents.get(agent.id());
            if (removed == null || removed <= askedAt) {
                edit.register(agent);
            }
        }
        for (MesosAgentId id : List.copyOf(edit.agents.keySet())) {
            Long since = edit.registered.get(id);
            if (!present.contains(id) && (since == null || since <= askedAt)) {
                edit.unregister(id);
            }
        }
    }

    /**
     * Live tasks of a poll. Beside a live stream a poll may overtake it: an unknown run is taken over only if the next
     * poll still shows it, by when the stream has told what it had to tell.
     */
    private void sightings(ClusterEvent.Polled polled) {
        PSet<Doubt> doubts = HashTreePSet.empty();
        for (SeenTask seen : polled.snapshot().tasks()) {
            if (seen.listing() == Listing.COMPLETED) {
                continue;
            }
            Task task = seen.task();
            Run run = edit.run(task.key());
            if (run != null && run.heard() > polled.askedAt()) {
                continue;
            }
            boolean news = !task.state().isEnd() && (run == null || edit.isNewRun(run, task, false));
            Doubt doubt = new Doubt(task.key(), task.container());
            if (polled.besideStream() && news && !edit.doubts.contains(doubt)) {
                doubts = doubts.plus(doubt);
            } else {
                edit.sighted(seen, false);
            }
        }
        edit.doubts = doubts;
    }

    /** Ended tasks: an end that we have missed, or that of an earlier run of a task id that lives again. */
    private void completed(Snapshot snapshot, Set<TaskKey> live, long askedAt) {
        for (SeenTask seen : snapshot.tasks()) {
            TaskKey key = seen.task().key();
            Run run = seen.listing() == Listing.COMPLETED ? edit.run(key) : null;
            if (run == null || run.heard() > askedAt || !edit.running(run)) {
                continue;
            }
            boolean sameContainer = seen.task().container().isPresent()
                    && seen.task().container().equals(edit.container(run));
            boolean onlyRun = !live.contains(key)
                    && edit.container(run).isEmpty()
                    && seen.task().state().isEnd();
            if (sameContainer || onlyRun) {
                edit.sighted(seen, false);
            }
        }
    }

    private void absences(ClusterEvent.Polled polled, Set<TaskKey> live, RunningContainers running) {
        boolean whole = edit.view instanceof View.Whole
                && polled.snapshot().rejected().isEmpty()
                && polled.gauges().exactly(polled.snapshot().census());
        Set<FrameworkId> shown = frameworks(polled.snapshot());
        Set<MesosAgentId> present = new HashSet<>();
        polled.snapshot().agents().forEach(agent -> present.add(agent.id()));
        for (var ofAgent : edit.runs.entrySet()) {
            Long registered = edit.registered.get(ofAgent.getKey());
            boolean settled =
                    present.contains(ofAgent.getKey()) && registered != null && registered <= polled.askedAt();
            for (Run run : ofAgent.getValue().values()) {
                if (live.contains(run.launch().key())) {
                    if (run.absences() > 0) {
                        edit.put(run.absent(0));
                    }
                } else if (whole
                        && settled
                        && shown.contains(run.launch().key().framework())
                        && run.heard() <= polled.askedAt()
                        && edit.running(run)) {
                    absent(run, polled.leader(), running);
                }
            }
        }
    }

    private void absent(Run run, Leader leader, RunningContainers running) {
        boolean alive = edit.container(run)
                .filter(container -> running.reportedAlive(run.launch().key().agent(), container))
                .isPresent();
        int times = alive ? 0 : run.absences() + 1;
        if (times >= ABSENCES_THAT_END) {
            edit.end(run.launch(), new TaskEnd.Absent(leader.id()));
        } else {
            edit.put(run.absent(times));
        }
    }

    private View view(ClusterEvent.Polled polled) {
        Set<FrameworkId> shown = frameworks(polled.snapshot());
        Set<FrameworkId> vanished = new HashSet<>();
        for (var ofAgent : edit.runs.values()) {
            for (Run run : ofAgent.values()) {
                FrameworkId framework = run.launch().key().framework();
                if (!shown.contains(framework)
                        && edit.listed.contains(framework)
                        && run.heard() <= polled.askedAt()
                        && edit.running(run)) {
                    vanished.add(framework);
                }
            }
        }
        if (!vanished.isEmpty()) {
            FrameworkId one = vanished.iterator().next();
            return new View.Incomplete("%d framework(s) are no longer listed though nobody removed them, such as %s"
                    .formatted(vanished.size(), one));
        }
        return polled.gauges().compare(polled.snapshot().census());
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
