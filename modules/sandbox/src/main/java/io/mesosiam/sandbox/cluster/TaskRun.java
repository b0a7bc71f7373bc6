package io.mesosiam.sandbox.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A task and all its statuses. */
public record TaskRun(TaskSpec spec, TaskState state, List<TaskStatus> statuses) {
    public TaskRun {
        statuses = List.copyOf(statuses);
    }

    static TaskRun staging(TaskSpec spec) {
        return new TaskRun(spec, TaskState.STAGING, List.of());
    }

    TaskRun with(TaskStatus status) {
        var longer = new ArrayList<>(statuses);
        longer.add(status);
        return new TaskRun(spec, status.state(), longer);
    }

    public Optional<Placement> placement() {
        return statuses.reversed().stream()
                .flatMap(status -> status.placement().stream())
                .findFirst();
    }

    /** The last update that a scheduler has to acknowledge. */
    public Optional<TaskStatus> lastUpdate() {
        return statuses.reversed().stream()
                .filter(status -> status.uuid().isPresent())
                .findFirst();
    }
}
