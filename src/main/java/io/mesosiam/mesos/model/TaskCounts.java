package io.mesosiam.mesos.model;

import io.mesosiam.mesos.TaskState;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How many tasks there are in the states that a master keeps gauges of: {@code master/tasks_staging} and so on. The
 * gauges aren't filtered by ACLs. (Tasks that are LOST on an unreachable Mesos agent have none.)
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
