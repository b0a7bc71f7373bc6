package io.mesosiam.sandbox.mesos;

import static io.mesosiam.sandbox.mesos.MesosJson.array;
import static io.mesosiam.sandbox.mesos.MesosJson.object;
import static io.mesosiam.sandbox.mesos.MesosJson.seconds;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.ClusterEvent;
import io.mesosiam.sandbox.cluster.ClusterEvent.AgentAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.AgentRemoved;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkRemoved;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkUpdated;
import io.mesosiam.sandbox.cluster.ClusterEvent.TaskAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.TaskUpdated;
import io.mesosiam.sandbox.cluster.ClusterView;
import io.mesosiam.sandbox.cluster.LeaderTerm;
import io.mesosiam.sandbox.cluster.RegisteredAgent;
import io.mesosiam.sandbox.cluster.RegisteredFramework;
import io.mesosiam.sandbox.cluster.TaskRun;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.cluster.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/** Answers and events of the v1 operator API. */
final class OperatorJson {
    private final JsonGenerator json;
    private final OperatorMessages messages;

    OperatorJson(JsonGenerator json) {
        this.json = json;
        this.messages = new OperatorMessages(json);
    }

    void subscribed(ClusterView view, Duration heartbeat) throws IOException {
        typed("SUBSCRIBED", "subscribed", () -> {
            object(json, "get_state", () -> state(view));
            json.writeNumberField("heartbeat_interval_seconds", heartbeat.toMillis() / 1000.0);
        });
    }

    void getState(ClusterView view) throws IOException {
        typed("GET_STATE", "get_state", () -> state(view));
    }

    /** @param self advertised host and port of the master */
    void getMaster(LeaderTerm term, Advertised self) throws IOException {
        typed("GET_MASTER", "get_master", () -> {
            object(json, "master_info", () -> messages.masterInfo(term, self));
            seconds(json, "start_time", term.started());
            seconds(json, "elected_time", term.elected());
        });
    }

    void heartbeat() throws IOException {
        object(json, () -> json.writeStringField("type", "HEARTBEAT"));
    }

    void event(ClusterEvent event) throws IOException {
        switch (event) {
            case AgentAdded(RegisteredAgent agent) ->
                typed("AGENT_ADDED", "agent_added", () -> object(json, "agent", () -> messages.agent(agent)));
            case AgentRemoved(String agentId) ->
                typed("AGENT_REMOVED", "agent_removed", () -> messages.id("agent_id", agentId));
            case FrameworkAdded(RegisteredFramework framework) ->
                typed(
                        "FRAMEWORK_ADDED",
                        "framework_added",
                        () -> object(json, "framework", () -> messages.framework(framework, false)));
            case FrameworkUpdated(RegisteredFramework framework) ->
                typed(
                        "FRAMEWORK_UPDATED",
                        "framework_updated",
                        () -> object(json, "framework", () -> messages.framework(framework, false)));
            case FrameworkRemoved(RegisteredFramework framework) ->
                typed(
                        "FRAMEWORK_REMOVED",
                        "framework_removed",
                        () -> object(json, "framework_info", () -> messages.frameworkInfo(framework)));
            case TaskAdded(TaskRun run) ->
                typed("TASK_ADDED", "task_added", () -> object(json, "task", () -> messages.task(run, false)));
            case TaskUpdated(TaskSpec spec, TaskStatus status, TaskState state) ->
                typed("TASK_UPDATED", "task_updated", () -> {
                    messages.id("framework_id", spec.frameworkId());
                    object(json, "status", () -> messages.status(spec, status));
                    json.writeStringField("state", state.wire());
                });
        }
    }

    private void typed(String type, String field, MesosJson.Body body) throws IOException {
        object(json, () -> {
            json.writeStringField("type", type);
            object(json, field, body);
        });
    }

    private void state(ClusterView view) throws IOException {
        object(json, "get_tasks", () -> {
            tasks("tasks", view.tasks());
            tasks("unreachable_tasks", view.unreachableTasks());
            tasks("completed_tasks", view.completedTasks());
        });
        object(json, "get_executors", () -> array(json, "executors", () -> executors(view.tasks())));
        object(json, "get_frameworks", () -> {
            array(json, "frameworks", () -> frameworks(view.frameworks()));
            array(json, "completed_frameworks", () -> frameworks(view.completedFrameworks()));
        });
        object(json, "get_agents", () -> {
            array(json, "agents", () -> {
                for (RegisteredAgent agent : view.agents()) {
                    object(json, () -> messages.agent(agent));
                }
            });
            array(json, "recovered_agents", () -> {
                for (RegisteredAgent agent : view.recoveredAgents()) {
                    object(json, () -> messages.agentInfo(agent));
                }
            });
        });
    }

    private void tasks(String field, List<TaskRun> runs) throws IOException {
        array(json, field, () -> {
            for (TaskRun run : runs) {
                object(json, () -> messages.task(run, true));
            }
        });
    }

    private void frameworks(List<RegisteredFramework> frameworks) throws IOException {
        for (RegisteredFramework framework : frameworks) {
            object(json, () -> messages.framework(framework, true));
        }
    }

    private void executors(List<TaskRun> runs) throws IOException {
        var first = new TreeMap<String, TaskSpec>();
        runs.stream()
                .map(TaskRun::spec)
                .filter(spec -> !spec.executorId().isEmpty())
                .forEach(spec -> first.putIfAbsent(spec.frameworkId() + ' ' + spec.executorId(), spec));
        for (TaskSpec spec : first.values()) {
            object(json, () -> messages.executor(spec));
        }
    }
}
