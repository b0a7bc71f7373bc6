package io.mesosiam.mesos;

import java.util.Optional;

/**
 * A running container as its host's agent reports it.
 *
 * @param start of its first process, in clock ticks since the host's boot
 * @param executor that Mesos launched it for, by Mesos's own record on the host; empty if the agent doesn't know it
 */
public record ReportedContainer(long start, Optional<Executor> executor) {
    /** An executor of a framework, or of Mesos for a command task: its id is the task's then. */
    public record Executor(FrameworkId framework, String id) {}

    /**
     * Whether a task can run in the container. Which container it runs in is a statement of an executor, which can name
     * that of another one.
     */
    public boolean mayRun(Task task) {
        return executor.map(of -> of.framework().equals(task.key().framework())
                        && task.executorId().map(of.id()::equals).orElse(true))
                .orElse(true);
    }
}
