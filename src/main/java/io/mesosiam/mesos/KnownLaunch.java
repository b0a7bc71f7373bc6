package io.mesosiam.mesos;

import java.util.List;
import java.util.Optional;

/** A launch that a lease row of an earlier controller names: it keeps its sequence, and counts as witnessed if it was. */
public record KnownLaunch(Launch launch, Optional<ContainerId> container, boolean witnessed) {
    /** Stands in for what the master never showed us: only its end will be of interest. */
    public LaunchedTask unseen() {
        TaskKey key = launch.key();
        Task task = new Task(
                key,
                key.task().value(),
                new MesosRole("*"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TaskState.UNKNOWN,
                container);
        return new LaunchedTask(launch, task, witnessed, Optional.empty());
    }
}
