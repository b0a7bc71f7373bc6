package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rejected tasks of a listing, found by the parts of their keys that could be read. */
public final class RejectedTasks {
    private final Set<Parts> parts;

    private record Parts(Optional<FrameworkId> framework, Optional<TaskId> task, Optional<MesosAgentId> agent) {}

    RejectedTasks(Stream<Rejected.OneTask> tasks) {
        parts = tasks.map(task -> new Parts(task.framework(), task.task(), task.agent()))
                .collect(Collectors.toSet());
    }

    /** Whether one of them may have this key: its readable parts don't contradict it. */
    public boolean mayInclude(TaskKey key) {
        return !parts.isEmpty()
                && readOrNot(key.framework())
                        .anyMatch(framework -> readOrNot(key.task()).anyMatch(task -> readOrNot(key.agent())
                                .anyMatch(agent -> parts.contains(new Parts(framework, task, agent)))));
    }

    private static <T> Stream<Optional<T>> readOrNot(T part) {
        return Stream.of(Optional.of(part), Optional.empty());
    }
}
