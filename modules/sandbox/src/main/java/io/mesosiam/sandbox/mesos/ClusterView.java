package io.mesosiam.sandbox.mesos;

import java.util.List;
import java.util.Map;

/** The whole of what a master would answer with, at one moment. */
record ClusterView(
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

    /** As one who may view neither frameworks nor tasks is shown it: nothing says that anything is missing. */
    ClusterView withoutFrameworks() {
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

    List<RegisteredAgent> deactivatedAgents() {
        return agents.stream().filter(RegisteredAgent::deactivated).toList();
    }

    int count(TaskState state) {
        return (int) tasks.stream().filter(run -> run.state() == state).count();
    }
}
