package io.mesosiam.sandbox.cluster;

import static io.mesosiam.sandbox.cluster.MasterLedger.known;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What the Mesos agents know and report to each new master: their tasks, and the frameworks of these tasks. It doesn't
 * depend on what the current master knows.
 */
final class AgentReports {
    private final Map<String, Map<TaskKey, TaskRun>> tasks = new HashMap<>();
    private final Map<String, FrameworkSpec> frameworks = new HashMap<>();

    void registered(String agentId) {
        tasks.put(agentId, new LinkedHashMap<>());
    }

    void removed(String agentId) {
        tasks.remove(agentId);
    }

    List<TaskRun> tasks(String agentId) {
        return List.copyOf(of(agentId).values());
    }

    TaskRun task(TaskKey key) {
        return tasks.values().stream()
                .flatMap(runs -> Optional.ofNullable(runs.get(key)).stream())
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no Mesos agent holds " + key));
    }

    void put(TaskRun run) {
        of(run.spec().agentId()).put(run.spec().key(), run);
    }

    void remove(TaskRun run) {
        of(run.spec().agentId()).remove(run.spec().key());
    }

    FrameworkSpec framework(String frameworkId) {
        return known(frameworks.get(frameworkId), frameworkId);
    }

    void framework(String frameworkId, FrameworkSpec spec) {
        frameworks.put(frameworkId, spec);
    }

    void frameworkIfAbsent(String frameworkId, FrameworkSpec spec) {
        frameworks.putIfAbsent(frameworkId, spec);
    }

    private Map<TaskKey, TaskRun> of(String agentId) {
        return known(tasks.get(agentId), agentId);
    }
}
