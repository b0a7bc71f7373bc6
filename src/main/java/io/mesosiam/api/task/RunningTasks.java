package io.mesosiam.api.task;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tasks of a cluster state that have not ended, in the order of their launches, so that a page begins at its first task.
 * Immutable; the order is kept for a second of changes, since sorting costs more than a page.
 */
final class RunningTasks {
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final ClusterState state;
    private final LaunchedTask[] sorted;
    private final long sortedAt;

    private RunningTasks(ClusterState state, LaunchedTask[] sorted, long sortedAt) {
        this.state = state;
        this.sorted = sorted;
        this.sortedAt = sortedAt;
    }

    /** The tasks of this state. */
    static RunningTasks of(ClusterState state) {
        LaunchedTask[] running = state.launches().values().stream()
                .filter(task -> task.end().isEmpty())
                .toArray(LaunchedTask[]::new);
        Arrays.sort(running, Comparator.comparing(LaunchedTask::launch, TaskColumns.ORDER));
        return new RunningTasks(state, running, System.nanoTime());
    }

    /** These, unless they are older than a second and the state has changed. */
    RunningTasks or(ClusterState now) {
        boolean isRecent = System.nanoTime() - sortedAt < KEPT.toNanos();
        return state.launches() == now.launches() || isRecent ? this : of(now);
    }

    /** The state that these are of. */
    ClusterState state() {
        return state;
    }

    /** All of them, or those after a launch. */
    Stream<LaunchedTask> after(Optional<Launch> last) {
        int from = 0;
        if (last.isPresent()) {
            int to = sorted.length;
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (TaskColumns.ORDER.compare(sorted[middle].launch(), last.get()) <= 0) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
        }
        return Arrays.stream(sorted, from, sorted.length);
    }
}
