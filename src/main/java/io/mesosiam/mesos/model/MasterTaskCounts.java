package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState.Completeness;

/** The master's own task counts at about the time of a listing. */
public sealed interface MasterTaskCounts {
    /** The counts just before and just after the listing. */
    record Around(TaskCounts before, TaskCounts after) implements MasterTaskCounts {}

    /** Not available; the reason names the request and the response. */
    record Unknown(String reason) implements MasterTaskCounts {}

    /**
     * Compares a listing with the counts. Tasks start and end between the three readings, so a total between the two
     * counts is accepted. Use {@link #exactly} before concluding that a task is absent.
     */
    default Completeness compare(TaskCounts listed) {
        return switch (this) {
            case Unknown(String reason) ->
                new Completeness.Incomplete("the master's counters can't be read: " + reason);
            case Around(TaskCounts before, TaskCounts after) -> {
                int least = Math.min(before.total(), after.total());
                int most = Math.max(before.total(), after.total());
                yield listed.total() >= least && listed.total() <= most
                        ? new Completeness.Whole()
                        : new Completeness.Incomplete("the master lists %d tasks and counts %s"
                                .formatted(listed.total(), least == most ? least : least + " to " + most));
            }
        };
    }

    /** Whether both counts and the listing agree exactly; only then is a missing task absent. */
    default boolean exactly(TaskCounts listed) {
        return switch (this) {
            case Unknown _ -> false;
            case Around(TaskCounts before, TaskCounts after) -> before.equals(listed) && after.equals(listed);
        };
    }
}
