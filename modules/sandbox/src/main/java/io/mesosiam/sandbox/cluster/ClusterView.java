package io.mesosiam.sandbox.cluster;

import java.util.List;
import java.util.Map;

/** A snapshot of all that a master returns. */
public record ClusterView(
        LeaderTerm term,
        List<RegisteredAgent> agents,
        List<RegisteredAgent> recoveredAgents,
        int unreachableAgents,
        List<RegisteredFramework> frameworks,
        List<RegisteredFramework> completedFrameworks,
        List<TaskRun> tasks,
        List<TaskRun> unreachableTasks,
        List<TaskRun> completedTasks,
        Map<TaskState, Integer> ended) {

    /**
     * The view for a principal that may view neither frameworks nor tasks: nothing indicates that something is missing.
     */
    public ClusterView withoutFrameworks() {
        return new ClusterView(
                term,
                agents,
                recoveredAgents,
                unreachableAgents,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                ended);
    }

    public List<RegisteredAgent> deactivatedAgents() {
        return agents.stream().filter(RegisteredAgent::deactivated).toList();
    }

    public int count(TaskState state) {
        return (int) tasks.stream().filter(run -> run.state() == state).count();
    }
}
