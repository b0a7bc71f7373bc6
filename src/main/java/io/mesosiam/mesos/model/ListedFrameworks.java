package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import java.util.Set;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * What a leader has shown of frameworks.
 *
 * @param listed those that it has shown and nobody removed since
 * @param recovered those of them that it knows from Mesos agents alone
 * @param removed those whose removal was dealt with
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

    /** Of all removals, only these are still listed and would be dealt with again. */
    ListedFrameworks retainRemoved(Set<FrameworkId> completed) {
        return new ListedFrameworks(listed, recovered, HashTreePSet.from(completed));
    }
}
