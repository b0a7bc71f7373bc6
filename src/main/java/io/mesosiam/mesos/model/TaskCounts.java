package io.mesosiam.mesos.model;

import io.mesosiam.mesos.TaskState;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Number of tasks in each state for which a master has gauges: {@code master/tasks_staging} and so on. ACLs don't
 * filter the gauges. There is no gauge for LOST tasks on an unreachable Mesos agent.
 */
public record TaskCounts(int staging, int starting, int running, int killing, int unreachable) {
    static TaskCounts of(Stream<TaskState> live) {
        Map<TaskState, Integer> counts = new EnumMap<>(TaskState.class);
        live.forEach(state -> counts.merge(state, 1, Integer::sum));
        return new TaskCounts(
                counts.getOrDefault(TaskState.STAGING, 0),
                counts.getOrDefault(TaskState.STARTING, 0),
                counts.getOrDefault(TaskState.RUNNING, 0),
                counts.getOrDefault(TaskState.KILLING, 0),
                counts.getOrDefault(TaskState.UNREACHABLE, 0));
    }

    int total() {
        return staging + starting + running + killing + unreachable;
    }
}
