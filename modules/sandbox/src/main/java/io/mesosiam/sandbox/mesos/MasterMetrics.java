package io.mesosiam.sandbox.mesos;

import static io.mesosiam.sandbox.mesos.MesosJson.array;
import static io.mesosiam.sandbox.mesos.MesosJson.object;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.ClusterView;
import io.mesosiam.sandbox.cluster.RegisteredAgent;
import io.mesosiam.sandbox.cluster.RegisteredFramework;
import io.mesosiam.sandbox.cluster.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters from which an operator can tell whether its view is complete: they cover the whole cluster, regardless
 * of ACLs. Running and unreachable tasks are gauges; ended ones count events since the start of the master.
 */
final class MasterMetrics {
    private final Map<String, Double> values = new TreeMap<>();

    MasterMetrics(ClusterView view, Instant now) {
        put("elected", 1);
        values.put(
                "master/uptime_secs",
                Duration.between(view.term().started(), now).toMillis() / 1000.0);
        put(
                "slaves_active",
                view.agents().stream().filter(RegisteredAgent::active).count());
        put(
                "slaves_inactive",
                view.agents().stream().filter(agent -> !agent.active()).count());
        put("slaves_connected", view.agents().size());
        put("slaves_disconnected", 0);
        put("slaves_unreachable", view.unreachableAgents());
        long connected = view.frameworks().stream()
                .filter(RegisteredFramework::connected)
                .count();
        put("frameworks_active", connected);
        put("frameworks_connected", connected);
        put("frameworks_inactive", view.frameworks().size() - connected);
        put("frameworks_disconnected", view.frameworks().size() - connected);
        put("tasks_staging", view.count(TaskState.STAGING));
        put("tasks_starting", view.count(TaskState.STARTING));
        put("tasks_running", view.count(TaskState.RUNNING));
        put("tasks_killing", view.count(TaskState.KILLING));
        put("tasks_unreachable", view.unreachableTasks().size());
        put("tasks_finished", ended(view, TaskState.FINISHED));
        put("tasks_failed", ended(view, TaskState.FAILED));
        put("tasks_killed", ended(view, TaskState.KILLED));
        put("tasks_lost", ended(view, TaskState.LOST));
        put("tasks_gone_by_operator", ended(view, TaskState.GONE_BY_OPERATOR));
        put("tasks_gone", 0);
        put("tasks_dropped", 0);
        put("tasks_error", 0);
    }

    private static int ended(ClusterView view, TaskState state) {
        return view.ended().getOrDefault(state, 0);
    }

    private void put(String name, long count) {
        values.put("master/" + name, (double) count);
    }

    /** {@code /metrics/snapshot}. */
    void snapshot(JsonGenerator json) throws IOException {
        object(json, () -> {
            for (var metric : values.entrySet()) {
                json.writeNumberField(metric.getKey(), metric.getValue());
            }
        });
    }

    /** GET_METRICS. */
    void call(JsonGenerator json) throws IOException {
        object(json, () -> {
            json.writeStringField("type", "GET_METRICS");
            object(
                    json,
                    "get_metrics",
                    () -> array(json, "metrics", () -> {
                        for (var metric : values.entrySet()) {
                            object(json, () -> {
                                json.writeStringField("name", metric.getKey());
                                json.writeNumberField("value", metric.getValue());
                            });
                        }
                    }));
        });
    }
}
