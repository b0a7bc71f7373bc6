package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Completeness;

/** The master's own count of tasks around the moment of a listing. */
public sealed interface MasterTaskCounts {
    /** Read just before and just after. */
    record Around(TaskCounts before, TaskCounts after) implements MasterTaskCounts {}

    /** Not to be had; the reason names the request and the answer. */
    record Unknown(String reason) implements MasterTaskCounts {}

    /**
     * Whether {@code listed} is all there is. Tasks come and go between the three counts, so a total between the two
     * passes here; see {@link #exactly} for what absence needs.
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
                        : new Completeness.Incomplete("the master lists %d tasks to us and counts %s"
                                .formatted(listed.total(), least == most ? least : least + " to " + most));
            }
        };
    }

    /** Whether nothing changed around the listing and it agrees to the task: only then is what it lacks absent. */
    default boolean exactly(TaskCounts listed) {
        return switch (this) {
            case Unknown _ -> false;
            case Around(TaskCounts before, TaskCounts after) -> before.equals(listed) && after.equals(listed);
        };
    }
}
