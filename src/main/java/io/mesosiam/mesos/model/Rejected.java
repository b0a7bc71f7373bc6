package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.Optional;

/**
 * An element of a listing or an event that can't be used, with what of it could be read. The reason says what is wrong
 * with it, for the operator.
 */
public sealed interface Rejected {
    String reason();

    /** A task. It counts in the master's gauges like any other, and may be any launch that it doesn't contradict. */
    record OneTask(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            TaskState state,
            Listing listing,
            String reason)
            implements Rejected {
        boolean mayBe(TaskKey key) {
            return framework.map(key.framework()::equals).orElse(true)
                    && task.map(key.task()::equals).orElse(true)
                    && agent.map(key.agent()::equals).orElse(true);
        }
    }

    record OneFramework(String reason) implements Rejected {}

    record OneMesosAgent(String reason) implements Rejected {}
}
