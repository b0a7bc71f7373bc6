package io.mesosiam.policy;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.Task;
import java.util.Optional;

/**
 * The input of a decision: one task with its framework and Mesos agent.
 *
 * @param framework empty until the master has reported it; the decision is then pending
 * @param agent empty while the Mesos agent is not registered; a decision that depends on its attributes is then pending
 * @param witnessed whether the launch was witnessed
 */
public record Subject(
        Task task,
        Optional<Framework> framework,
        Optional<MesosAgent> agent,
        boolean witnessed,
        Enforcement enforcement) {
    /** Combines a launch with its framework and Mesos agent in this cluster state. */
    public static Subject of(LaunchedTask task, ClusterState state) {
        return new Subject(
                task.task(),
                state.framework(task.launch().key().framework()),
                state.agent(task.launch().key().agent()),
                task.witnessed(),
                state.enforcement());
    }
}
