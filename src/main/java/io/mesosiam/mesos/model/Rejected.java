package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.Optional;

/**
 * An invalid element of a listing or an event, with the parts that could be read. The reason describes the problem, for
 * operators.
 */
public sealed interface Rejected {
    String reason();

    /**
     * A task. The master's gauges count it like any other, and it may be any launch that its readable parts don't
     * contradict.
     */
    record OneTask(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            TaskState state,
            Listing listing,
            String reason)
            implements Rejected {}

    record OneFramework(String reason) implements Rejected {}

    record OneMesosAgent(String reason) implements Rejected {}
}
