package io.mesosiam.policy;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.Task;
import java.util.Optional;

/**
 * Whom a decision is about: one task with what the cluster says around it.
 *
 * @param framework empty while the master has not shown it; the decision is pending then
 * @param agent empty while its Mesos agent is not registered; a decision that hangs on its attributes is pending then
 * @param witnessed whether the launch itself was seen
 */
public record Subject(
        Task task,
        Optional<Framework> framework,
        Optional<MesosAgent> agent,
        boolean witnessed,
        Enforcement enforcement) {
    /** A launch with what this state of the cluster says around it. */
    public static Subject of(LaunchedTask task, ClusterState state) {
        return new Subject(
                task.task(),
                state.framework(task.launch().key().framework()),
                state.agent(task.launch().key().agent()),
                task.witnessed(),
                state.enforcement());
    }
}
