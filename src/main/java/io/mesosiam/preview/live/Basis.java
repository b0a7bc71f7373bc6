package io.mesosiam.preview.live;

import java.util.List;
import java.util.Optional;

/**
 * What an answer rests on.
 *
 * @param policyVersion the version of the policies in force here
 * @param clusterVersion the version of the cluster state, which this controller counts
 * @param leader the id of the leading master of that state; empty if none has answered yet
 * @param gaps what this controller's view lacks, one sentence each; empty if it is complete
 */
public record Basis(long policyVersion, long clusterVersion, Optional<String> leader, List<String> gaps) {
    public Basis {
        gaps = List.copyOf(gaps);
    }

    /** Whether the view lacks nothing. */
    public boolean complete() {
        return gaps.isEmpty();
    }
}
