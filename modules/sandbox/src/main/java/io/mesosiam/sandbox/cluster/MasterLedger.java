package io.mesosiam.sandbox.cluster;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The state of one master during its term. Its registry, the list of Mesos agents, is passed to its successor. */
final class MasterLedger {
    /** The default of Mesos's flag {@code max_completed_tasks_per_framework}. */
    private static final int MAX_COMPLETED_TASKS = 1000;

    final LeaderTerm term;
    final Map<String, RegisteredAgent> agents = new LinkedHashMap<>();
    final Map<String, RegisteredAgent> recovered = new LinkedHashMap<>();
    final Map<String, RegisteredAgent> unreachable = new LinkedHashMap<>();
    final Map<String, RegisteredFramework> frameworks = new LinkedHashMap<>();
    final Map<String, RegisteredFramework> completedFrameworks = new LinkedHashMap<>();
    final Map<TaskKey, TaskRun> tasks = new LinkedHashMap<>();
    final Map<TaskKey, TaskRun> unreachableTasks = new LinkedHashMap<>();
    private final Map<String, Deque<TaskRun>> completedTasks = new LinkedHashMap<>();
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

    /**
     * A Mesos agent registers again. A master that knows the frameworks of its tasks adds the tasks first; a master that
     * does not adds the Mesos agent first.
     *
     * @return the events, in order
     */
    List<ClusterEvent> reregister(String agentId, Instant now, List<TaskRun> runs, AgentReports reports) {
        RegisteredAgent before = unreachable.remove(agentId);
        if (before == null) {
            before = known(recovered.remove(agentId), agentId);
        }
        RegisteredAgent agent = before.back(now, before.registered().isBefore(term.started()));
        boolean agentFirst = runs.stream().anyMatch(run -> !knows(run.spec().frameworkId()));
        agents.put(agentId, agent);
        List<ClusterEvent> events = new ArrayList<>();
        runs.stream()
                .map(run -> run.spec().frameworkId())
                .distinct()
                .filter(frameworkId -> !completedFrameworks.containsKey(frameworkId))
                .forEach(frameworkId -> events.addAll(readd(frameworkId, runs, reports)));
        events.add(agentFirst ? 0 : events.size(), new ClusterEvent.AgentAdded(agent));
        return events;
    }

    private List<ClusterEvent> readd(String frameworkId, List<TaskRun> runs, AgentReports reports) {
        List<ClusterEvent> events = new ArrayList<>();
        if (!frameworks.containsKey(frameworkId)) {
            var framework = RegisteredFramework.recovered(frameworkId, reports.framework(frameworkId));
            frameworks.put(frameworkId, framework);
            events.add(new ClusterEvent.FrameworkAdded(framework));
        }
        for (TaskRun run : runs) {
            if (run.spec().frameworkId().equals(frameworkId)) {
                unreachableTasks.remove(run.spec().key());
                if (run.state().terminal()) {
                    completed(run);
                } else {
                    tasks.put(run.spec().key(), run);
                }
                events.add(new ClusterEvent.TaskAdded(run));
            }
        }
        return events;
    }

    /** Whether the framework is known, also if it was torn down. */
    private boolean knows(String frameworkId) {
        return frameworks.containsKey(frameworkId) || completedFrameworks.containsKey(frameworkId);
    }

    /** Whether the task's framework was torn down. */
    boolean isCompleted(TaskRun run) {
        return completedFrameworks.containsKey(run.spec().frameworkId());
    }

    /** Whether the task's framework supports the states of unreachable and gone tasks. */
    boolean partitionAware(TaskRun run) {
        return known(frameworks.get(run.spec().frameworkId()), run.spec().frameworkId())
                .spec()
                .partitionAware();
    }

    void unreachable(TaskRun run) {
        tasks.remove(run.spec().key());
        unreachableTasks.put(run.spec().key(), run);
    }

    void completed(TaskRun run) {
        tasks.remove(run.spec().key());
        unreachableTasks.remove(run.spec().key());
        Deque<TaskRun> ofFramework = completedTasks.computeIfAbsent(run.spec().frameworkId(), _ -> new ArrayDeque<>());
        ofFramework.addLast(run);
        if (ofFramework.size() > MAX_COMPLETED_TASKS) {
            ofFramework.removeFirst();
        }
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
                completedTasks.values().stream().flatMap(Deque::stream).toList(),
                new EnumMap<>(ended));
    }

    /** @throws NoSuchElementException if nothing is there */
    static <T> T known(@Nullable T there, String id) {
        if (there == null) {
            throw new NoSuchElementException("the cluster has no " + id);
        }
        return there;
    }
}
