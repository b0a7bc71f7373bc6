package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.Set;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * The frameworks that a leader has reported.
 *
 * @param listed reported and not removed since
 * @param recovered those of them that the leader only knows from Mesos agents
 * @param removed removals that have been applied
 */
record ListedFrameworks(PSet<FrameworkId> listed, PSet<FrameworkId> recovered, PSet<FrameworkId> removed) {
    static final ListedFrameworks NONE =
            new ListedFrameworks(HashTreePSet.empty(), HashTreePSet.empty(), HashTreePSet.empty());

    ListedFrameworks see(SeenFramework seen) {
        FrameworkId id = seen.framework().id();
        return new ListedFrameworks(
                listed.plus(id), seen.recovered() ? recovered.plus(id) : recovered.minus(id), removed);
    }

    ListedFrameworks remove(FrameworkId id) {
        return new ListedFrameworks(listed.minus(id), recovered.minus(id), removed.plus(id));
    }

    /** Keeps only removals that are still listed, since others can't be applied again. */
    ListedFrameworks retainRemoved(Set<FrameworkId> completed) {
        return new ListedFrameworks(listed, recovered, HashTreePSet.from(completed));
    }
}
