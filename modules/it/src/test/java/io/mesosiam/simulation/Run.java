package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.policy.grant.LaunchGrant;
import java.util.Optional;
import java.util.UUID;

/** One start of a task as it truly is. */
final class Run {
    final TaskKey key;
    final Container container;

    /** Empty if it is the task's own. */
    final Optional<Executor> executor;

    /** The launch grant that a label names. */
    final Optional<UUID> grant;

    /** The state that its executor has reported to its Mesos agent. */
    TaskState state = TaskState.STAGING;

    /** The container that its latest status states instead of its own. */
    Optional<ContainerId> stated = Optional.empty();

    /** Whether its executor states that container, always. Otherwise another process did, until its executor's next status. */
    boolean lies;

    /** Whether its processes run. */
    boolean alive;

    /** Whether its processes have ended. */
    boolean over;

    /** Whether a leading master has received its end. */
    boolean endReported;

    Run(TaskKey key, Container container, Optional<Executor> executor, Optional<UUID> grant) {
        this.key = key;
        this.container = container;
        this.executor = executor;
        this.grant = grant;
    }

    /** The task in its container, as rows of launch grants name it. */
    TaskContainer inContainer() {
        return new TaskContainer(key, containerId());
    }

    /** Whether other tasks may run in its container. */
    boolean mayShare() {
        return executor.filter(it -> !it.nests).isPresent();
    }

    String executorId() {
        return executor.map(it -> it.own.id()).orElse(key.task().value());
    }

    ContainerId containerId() {
        return ContainerId.parse(container.id());
    }

    /** The container that its master has. */
    ContainerId statedContainer() {
        return stated.orElseGet(this::containerId);
    }

    /** The task as a master that knows this state lists it. */
    SeenTask seen(TaskState known, Listing listing) {
        boolean started = known != TaskState.STAGING;
        Task task = new Task(
                key,
                key.task().value(),
                new MesosRole("eng"),
                Optional.empty(),
                started || executor.isPresent() ? Optional.of(executorId()) : Optional.empty(),
                Optional.empty(),
                grant.map(id -> new Task.Label(LaunchGrant.LABEL, Optional.of(id.toString()))).stream()
                        .toList(),
                known,
                started ? Optional.of(statedContainer()) : Optional.empty());
        return new SeenTask(task, listing, Optional.empty());
    }

    @Override
    public String toString() {
        return key + "/" + container.id();
    }
}
