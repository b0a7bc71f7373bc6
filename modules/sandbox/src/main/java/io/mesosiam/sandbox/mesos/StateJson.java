package io.mesosiam.sandbox.mesos;

import static io.mesosiam.sandbox.mesos.MesosJson.array;
import static io.mesosiam.sandbox.mesos.MesosJson.object;
import static io.mesosiam.sandbox.mesos.MesosJson.seconds;
import static io.mesosiam.sandbox.mesos.MesosJson.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.ClusterView;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.RegisteredAgent;
import io.mesosiam.sandbox.cluster.RegisteredFramework;
import io.mesosiam.sandbox.cluster.TaskRun;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The unversioned dialect: {@code /state} and {@code /slaves}. It uses the word slave, and resources are an object. */
final class StateJson {
    private final JsonGenerator json;

    StateJson(JsonGenerator json) {
        this.json = json;
    }

    /**
     * @param self advertised host and port of the master
     * @param flags empty for a principal that may not view them: the field is then absent
     */
    void state(ClusterView view, Advertised self, Map<String, String> flags) throws IOException {
        object(json, () -> {
            version(json);
            seconds(json, "start_time", view.term().started());
            seconds(json, "elected_time", view.term().elected());
            json.writeStringField("id", view.term().id());
            json.writeStringField("pid", self.pid());
            json.writeStringField("hostname", self.hostname());
            strings(json, "capabilities", MesosJson.MASTER_CAPABILITIES);
            int deactivated = view.deactivatedAgents().size();
            json.writeNumberField("activated_slaves", (double) (view.agents().size() - deactivated));
            json.writeNumberField("deactivated_slaves", (double) deactivated);
            json.writeNumberField("unreachable_slaves", (double) view.unreachableAgents());
            json.writeStringField("leader", self.pid());
            object(json, "leader_info", () -> {
                json.writeStringField("id", view.term().id());
                json.writeStringField("pid", self.pid());
                json.writeNumberField("port", self.port());
                json.writeStringField("hostname", self.hostname());
            });
            json.writeStringField("cluster", "sandbox");
            if (!flags.isEmpty()) {
                json.writeStringField("log_dir", flags.getOrDefault("log_dir", ""));
                object(json, "flags", () -> {
                    for (var flag : new TreeMap<>(flags).entrySet()) {
                        json.writeStringField(flag.getKey(), flag.getValue());
                    }
                });
            }
            slavesFields(view);
            array(json, "frameworks", () -> frameworks(view, view.frameworks()));
            array(json, "completed_frameworks", () -> frameworks(view, view.completedFrameworks()));
            array(json, "orphan_tasks", () -> {});
            array(json, "unregistered_frameworks", () -> {});
        });
    }

    void slaves(ClusterView view) throws IOException {
        object(json, () -> slavesFields(view));
    }

    static void version(JsonGenerator json) throws IOException {
        json.writeStringField("version", MesosJson.VERSION);
        json.writeStringField("git_sha", "0000000000000000000000000000000000000000");
        json.writeStringField("git_branch", "refs/heads/sandbox");
        json.writeStringField("build_date", "2026-01-01 00:00:00");
        json.writeFieldName("build_time");
        json.writeNumber("1767225600.0");
        json.writeStringField("build_user", "");
    }

    private void slavesFields(ClusterView view) throws IOException {
        array(json, "slaves", () -> {
            for (RegisteredAgent agent : view.agents()) {
                long tasks = view.tasks().stream()
                        .filter(run -> run.spec().agentId().equals(agent.id()))
                        .count();
                object(json, () -> slave(agent, tasks));
            }
        });
        array(json, "recovered_slaves", () -> {
            for (RegisteredAgent agent : view.recoveredAgents()) {
                object(json, () -> introduction(agent));
            }
        });
    }

    private void introduction(RegisteredAgent agent) throws IOException {
        json.writeStringField("id", agent.id());
        json.writeStringField("hostname", agent.spec().hostname());
        json.writeNumberField("port", agent.spec().port());
        object(json, "attributes", () -> {
            for (var attribute : new TreeMap<>(agent.spec().attributes()).entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
        });
    }

    private void slave(RegisteredAgent agent, long tasks) throws IOException {
        introduction(agent);
        json.writeStringField("pid", agent.spec().pid());
        seconds(json, "registered_time", agent.registered());
        if (agent.reregistered().isPresent()) {
            seconds(json, "reregistered_time", agent.reregistered().get());
        }
        object(json, "resources", this::agentResources);
        object(json, "used_resources", () -> taskResources(tasks));
        object(json, "offered_resources", () -> taskResources(0));
        object(json, "reserved_resources", () -> {});
        object(json, "unreserved_resources", this::agentResources);
        json.writeBooleanField("active", agent.active());
        json.writeBooleanField("deactivated", agent.deactivated());
        json.writeStringField("version", MesosJson.VERSION);
        strings(json, "capabilities", MesosJson.AGENT_CAPABILITIES);
    }

    private void frameworks(ClusterView view, List<RegisteredFramework> frameworks) throws IOException {
        for (RegisteredFramework framework : frameworks) {
            object(json, () -> framework(view, framework));
        }
    }

    private void framework(ClusterView view, RegisteredFramework framework) throws IOException {
        FrameworkSpec spec = framework.spec();
        List<TaskRun> tasks = of(framework, view.tasks());
        json.writeStringField("id", framework.id());
        json.writeStringField("name", spec.name());
        object(json, "used_resources", () -> taskResources(tasks.size()));
        object(json, "offered_resources", () -> taskResources(0));
        strings(json, "capabilities", spec.capabilities());
        json.writeStringField("hostname", "");
        json.writeStringField("webui_url", "");
        json.writeBooleanField("active", framework.connected());
        json.writeBooleanField("connected", framework.connected());
        json.writeBooleanField("recovered", framework.recovered());
        json.writeStringField("user", spec.user());
        json.writeNumberField("failover_timeout", spec.checkpoint() ? 3600.0 : 0.0);
        json.writeBooleanField("checkpoint", spec.checkpoint());
        seconds(json, "registered_time", framework.registered());
        seconds(json, "unregistered_time", framework.unregistered());
        if (!spec.principal().isEmpty()) {
            json.writeStringField("principal", spec.principal());
        }
        object(json, "resources", () -> taskResources(tasks.size()));
        strings(json, "roles", spec.roles());
        array(json, "tasks", () -> tasks(tasks));
        array(json, "unreachable_tasks", () -> tasks(of(framework, view.unreachableTasks())));
        array(json, "completed_tasks", () -> tasks(of(framework, view.completedTasks())));
        array(json, "offers", () -> {});
        array(json, "executors", () -> executors(tasks));
        object(json, "offer_constraints", () -> {});
    }

    private static List<TaskRun> of(RegisteredFramework framework, List<TaskRun> runs) {
        return runs.stream()
                .filter(run -> run.spec().frameworkId().equals(framework.id()))
                .toList();
    }

    private void tasks(List<TaskRun> runs) throws IOException {
        for (TaskRun run : runs) {
            object(json, () -> task(run));
        }
    }

    private void task(TaskRun run) throws IOException {
        TaskSpec spec = run.spec();
        json.writeStringField("id", spec.id());
        json.writeStringField("name", spec.id());
        json.writeStringField("framework_id", spec.frameworkId());
        json.writeStringField("executor_id", spec.executorId());
        json.writeStringField("slave_id", spec.agentId());
        json.writeStringField("state", run.state().wire());
        object(json, "resources", () -> taskResources(1));
        json.writeStringField("role", spec.role());
        array(json, "statuses", () -> {
            for (TaskStatus status : run.statuses()) {
                object(json, () -> status(status));
            }
        });
        if (!spec.user().isEmpty()) {
            json.writeStringField("user", spec.user());
        }
        if (!spec.labels().isEmpty()) {
            MesosJson.labels(json, spec.labels());
        }
        if (!spec.image().isEmpty()) {
            MesosJson.container(json, spec.image());
        }
    }

    private void status(TaskStatus status) throws IOException {
        json.writeStringField("state", status.state().wire());
        seconds(json, "timestamp", status.at());
        if (status.placement().isPresent()) {
            Placement placement = status.placement().get();
            object(json, "container_status", () -> {
                MesosJson.containerId(json, "container_id", placement.container());
                MesosJson.networkInfos(json, placement.address());
            });
        }
    }

    private void executors(List<TaskRun> runs) throws IOException {
        var first = new TreeMap<String, TaskSpec>();
        runs.stream()
                .map(TaskRun::spec)
                .filter(spec -> !spec.executorId().isEmpty())
                .forEach(spec -> first.putIfAbsent(spec.agentId() + ' ' + spec.executorId(), spec));
        for (TaskSpec spec : first.values()) {
            object(json, () -> {
                json.writeStringField("executor_id", spec.executorId());
                json.writeStringField("name", "");
                json.writeStringField("framework_id", spec.frameworkId());
                object(json, "command", () -> {
                    strings(json, "argv", List.of());
                    strings(json, "uris", List.of());
                });
                object(json, "resources", () -> taskResources(1));
                json.writeStringField("role", spec.role());
                json.writeStringField("type", "DEFAULT");
                json.writeStringField("slave_id", spec.agentId());
            });
        }
    }

    private void agentResources() throws IOException {
        scalars(MesosJson.AGENT_DISK, MesosJson.AGENT_MEM, MesosJson.AGENT_CPUS);
        json.writeStringField("ports", "[31000-32000]");
    }

    private void taskResources(long tasks) throws IOException {
        scalars(0, tasks * MesosJson.TASK_MEM, Math.round(tasks * MesosJson.TASK_CPUS * 1000) / 1000.0);
    }

    private void scalars(double disk, double mem, double cpus) throws IOException {
        json.writeNumberField("disk", disk);
        json.writeNumberField("mem", mem);
        json.writeNumberField("gpus", 0.0);
        json.writeNumberField("cpus", cpus);
    }
}
