package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.util.List;
import java.util.Optional;

/** One start of a task as it truly is. */
final class Run {
    final TaskKey key;
    final Container container;

    /** The state that its executor has reported to its Mesos agent. */
    TaskState state = TaskState.STAGING;

    /** Whether its processes run. */
    boolean alive;

    /** Whether its processes have ended. */
    boolean over;

    /** Whether a leading master has received its end. */
    boolean endReported;

    Run(TaskKey key, Container container) {
        this.key = key;
        this.container = container;
    }

    ContainerId containerId() {
        return ContainerId.parse(container.id());
    }

    /** The task as a master that knows this state lists it. */
    SeenTask seen(TaskState known, Listing listing) {
        boolean started = known != TaskState.STAGING;
        Task task = new Task(
                key,
                key.task().value(),
                new MesosRole("eng"),
                Optional.empty(),
                started ? Optional.of(key.task().value()) : Optional.empty(),
                Optional.empty(),
                List.of(),
                known,
                started ? Optional.of(containerId()) : Optional.empty());
        return new SeenTask(task, listing, Optional.empty());
    }

    @Override
    public String toString() {
        return key + "/" + container.id();
    }
}
