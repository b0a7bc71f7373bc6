package io.mesosiam.mesos;

/**
 * Identifies a task by framework id, task id and Mesos agent id. Two frameworks can use the same task id. One framework
 * can reuse a task id, also on a second Mesos agent while the first is unreachable.
 */
public record TaskKey(FrameworkId framework, TaskId task, MesosAgentId agent) {
    @Override
    public String toString() {
        return framework + "/" + task + "@" + agent;
    }
}
