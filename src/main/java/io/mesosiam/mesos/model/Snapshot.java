package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Leader;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a master lists at one moment: {@code /state}, GET_STATE, or what SUBSCRIBED begins with.
 *
 * @param leader who answered; empty in the v1 forms, which don't say
 * @param agents the registered Mesos agents
 * @param removedFrameworks the completed frameworks
 * @param rejected what was listed and couldn't be read, each with its reason; the rest stands
 */
public record Snapshot(
        Optional<Leader> leader,
        List<SeenTask> tasks,
        List<SeenFramework> frameworks,
        Set<FrameworkId> removedFrameworks,
        List<MesosAgent> agents,
        List<Rejected> rejected) {

    /** Counts the live tasks as the master's own gauges do, those that can't be used among them. */
    public TaskCounts counts() {
        return TaskCounts.of(Stream.concat(
                tasks.stream()
                        .filter(seen -> seen.listing() != Listing.COMPLETED)
                        .map(seen -> seen.task().state()),
                rejectedTasks()
                        .filter(task -> task.listing() != Listing.COMPLETED)
                        .map(Rejected.OneTask::state)));
    }

    /** Whether one of the tasks that can't be used may be this one: then it isn't absent. */
    public boolean mayHaveRejected(TaskKey key) {
        return rejectedTasks().anyMatch(task -> task.listing() != Listing.COMPLETED && task.mayBe(key));
    }

    /** Whether a Mesos agent is listed that can't be used, so that any of them may be there. */
    boolean hasRejectedAgent() {
        return rejected.stream().anyMatch(Rejected.OneMesosAgent.class::isInstance);
    }

    private Stream<Rejected.OneTask> rejectedTasks() {
        return rejected.stream().filter(Rejected.OneTask.class::isInstance).map(Rejected.OneTask.class::cast);
    }
}
