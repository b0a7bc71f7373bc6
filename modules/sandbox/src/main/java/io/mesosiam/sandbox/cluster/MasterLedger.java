package io.mesosiam.sandbox.cluster;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of one master during its term. Its registry, the list of Mesos agents, is passed to its successor. */
final class MasterLedger {
    final LeaderTerm term;
    final Map<String, RegisteredAgent> agents = new LinkedHashMap<>();
    final Map<String, RegisteredAgent> recovered = new LinkedHashMap<>();
    final Map<String, RegisteredAgent> unreachable = new LinkedHashMap<>();
    final Map<String, RegisteredFramework> frameworks = new LinkedHashMap<>();
    final Map<String, RegisteredFramework> completedFrameworks = new LinkedHashMap<>();
    final Map<TaskKey, TaskRun> tasks = new LinkedHashMap<>();
    final Map<TaskKey, TaskRun> unreachableTasks = new LinkedHashMap<>();
    final List<TaskRun> completedTasks = new ArrayList<>();
    final Map<TaskState, Integer> ended = new EnumMap<>(TaskState.class);
    private int agentIds;
    private int frameworkIds;

    MasterLedger(LeaderTerm term) {
        this.term = term;
    }

    MasterLedger successor(LeaderTerm next) {
        var successor = new MasterLedger(next);
        successor.recovered.putAll(recovered);
        successor.recovered.putAll(agents);
        successor.unreachable.putAll(unreachable);
        return successor;
    }

    String nextAgentId() {
        return term.id() + "-S" + agentIds++;
    }

    String nextFrameworkId() {
        return "%s-%04d".formatted(term.id(), frameworkIds++);
    }

    List<TaskRun> runsOn(String agentId) {
        return tasks.values().stream()
                .filter(run -> run.spec().agentId().equals(agentId))
                .toList();
    }

    static List<TaskRun> runsOf(String frameworkId, Map<TaskKey, TaskRun> among) {
        return among.values().stream()
                .filter(run -> run.spec().frameworkId().equals(frameworkId))
                .toList();
    }

    /** Whether the framework is known, also if it was torn down. */
    boolean knows(String frameworkId) {
        return frameworks.containsKey(frameworkId) || completedFrameworks.containsKey(frameworkId);
    }

    void unreachable(TaskRun run) {
        tasks.remove(run.spec().key());
        unreachableTasks.put(run.spec().key(), run);
    }

    void completed(TaskRun run) {
        tasks.remove(run.spec().key());
        unreachableTasks.remove(run.spec().key());
        completedTasks.add(run);
    }

    void count(TaskState end) {
        ended.merge(end, 1, Integer::sum);
    }

    ClusterView view() {
        return new ClusterView(
                term,
                List.copyOf(agents.values()),
                List.copyOf(recovered.values()),
                unreachable.size(),
                List.copyOf(frameworks.values()),
                List.copyOf(completedFrameworks.values()),
                List.copyOf(tasks.values()),
                List.copyOf(unreachableTasks.values()),
                List.copyOf(completedTasks),
                new EnumMap<>(ended));
    }
}
