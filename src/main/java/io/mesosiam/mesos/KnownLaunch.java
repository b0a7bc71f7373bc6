package io.mesosiam.mesos;

import java.util.List;
import java.util.Optional;

/** A launch from a lease row of an earlier controller. It keeps its sequence number and its witnessed flag. */
public record KnownLaunch(Launch launch, Optional<ContainerId> container, boolean witnessed) {
    /** A placeholder for a launch that the master has not reported to this controller. Only its end matters. */
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
