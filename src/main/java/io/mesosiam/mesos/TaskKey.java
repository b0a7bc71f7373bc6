package io.mesosiam.mesos;

/**
 * Where a task is: its framework's id, its own, and its Mesos agent's. Two frameworks may use the same task id, and one
 * framework may run a task id again, or on a second Mesos agent while the first is unreachable.
 */
public record TaskKey(FrameworkId framework, TaskId task, MesosAgentId agent) {
    @Override
    public String toString() {
        return framework + "/" + task + "@" + agent;
    }
}
