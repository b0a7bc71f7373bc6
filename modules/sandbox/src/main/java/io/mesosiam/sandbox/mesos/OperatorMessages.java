package io.mesosiam.sandbox.mesos;

import static io.mesosiam.sandbox.mesos.MesosJson.array;
import static io.mesosiam.sandbox.mesos.MesosJson.object;
import static io.mesosiam.sandbox.mesos.MesosJson.seconds;
import static io.mesosiam.sandbox.mesos.MesosJson.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.LeaderTerm;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.RegisteredAgent;
import io.mesosiam.sandbox.cluster.RegisteredFramework;
import io.mesosiam.sandbox.cluster.TaskRun;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The v1 dialect: protobuf messages of tasks, frameworks, Mesos agents and masters as JSON. It uses the word agent, ids
 * are objects, and resources are a list.
 */
final class OperatorMessages {
    private final JsonGenerator json;

    OperatorMessages(JsonGenerator json) {
        this.json = json;
    }

    void masterInfo(LeaderTerm term, Advertised self) throws IOException {
        json.writeStringField("id", term.id());
        json.writeNumberField("ip", Advertised.LOOPBACK);
        json.writeNumberField("port", self.port());
        json.writeStringField("pid", self.pid());
        json.writeStringField("hostname", self.hostname());
        json.writeStringField("version", MesosJson.VERSION);
        object(json, "address", () -> {
            json.writeStringField("hostname", self.hostname());
            json.writeStringField("ip", "127.0.0.1");
            json.writeNumberField("port", self.port());
        });
        capabilities(MesosJson.MASTER_CAPABILITIES);
    }

    /** @param listed whether the task is in a list of the master, which includes updates that await acknowledgement */
    void task(TaskRun run, boolean listed) throws IOException {
        TaskSpec spec = run.spec();
        json.writeStringField("name", spec.id());
        id("task_id", spec.id());
        id("framework_id", spec.frameworkId());
        if (!spec.executorId().isEmpty()) {
            id("executor_id", spec.executorId());
        }
        id("agent_id", spec.agentId());
        json.writeStringField("state", run.state().wire());
        array(json, "resources", () -> taskResources(spec.role()));
        if (!run.statuses().isEmpty()) {
            array(json, "statuses", () -> {
                for (TaskStatus status : run.statuses()) {
                    object(json, () -> status(spec, status));
                }
            });
        }
        Optional<TaskStatus> update = run.lastUpdate();
        if (listed && update.isPresent()) {
            json.writeStringField("status_update_state", update.get().state().wire());
            json.writeStringField("status_update_uuid", update.get().uuid().orElseThrow());
        }
        if (!spec.labels().isEmpty()) {
            object(json, "labels", () -> MesosJson.labels(json, spec.labels()));
        }
        if (!spec.image().isEmpty()) {
            MesosJson.container(json, spec.image());
        }
        if (!spec.user().isEmpty()) {
            json.writeStringField("user", spec.user());
        }
    }

    void status(TaskSpec spec, TaskStatus status) throws IOException {
        id("task_id", spec.id());
        json.writeStringField("state", status.state().wire());
        text("message", status.message());
        json.writeStringField("source", status.source());
        text("reason", status.reason());
        id("agent_id", spec.agentId());
        if (status.executor().isPresent()) {
            id("executor_id", status.executor().get());
        }
        seconds(json, "timestamp", status.at());
        text("uuid", status.uuid());
        if (status.unreachableSince().isPresent()) {
            time("unreachable_time", status.unreachableSince().get());
        }
        if (status.placement().isPresent()) {
            Placement placement = status.placement().get();
            object(json, "container_status", () -> {
                MesosJson.containerId(json, "container_id", placement.container());
                MesosJson.networkInfos(json, placement.address());
                json.writeNumberField("executor_pid", placement.executorPid());
            });
        }
    }

    void executor(TaskSpec spec) throws IOException {
        object(json, "executor_info", () -> {
            json.writeStringField("type", "DEFAULT");
            id("executor_id", spec.executorId());
            id("framework_id", spec.frameworkId());
            array(json, "resources", () -> taskResources(spec.role()));
        });
        id("agent_id", spec.agentId());
    }

    /** @param listed whether the framework is in a list of the master, which omits times that are not set */
    void framework(RegisteredFramework framework, boolean listed) throws IOException {
        object(json, "framework_info", () -> frameworkInfo(framework));
        json.writeBooleanField("active", framework.connected());
        json.writeBooleanField("connected", framework.connected());
        json.writeBooleanField("recovered", framework.recovered());
        time("registered_time", framework.registered(), listed);
        time("reregistered_time", framework.registered(), listed);
        time("unregistered_time", framework.unregistered(), listed);
    }

    void frameworkInfo(RegisteredFramework framework) throws IOException {
        FrameworkSpec spec = framework.spec();
        json.writeStringField("user", spec.user());
        json.writeStringField("name", spec.name());
        id("id", framework.id());
        json.writeNumberField("failover_timeout", spec.checkpoint() ? 3600.0 : 0.0);
        json.writeBooleanField("checkpoint", spec.checkpoint());
        strings(json, "roles", spec.roles());
        if (!spec.principal().isEmpty()) {
            json.writeStringField("principal", spec.principal());
        }
        capabilities(spec.capabilities());
    }

    void agent(RegisteredAgent agent) throws IOException {
        object(json, "agent_info", () -> agentInfo(agent));
        json.writeBooleanField("active", agent.active());
        json.writeBooleanField("deactivated", agent.deactivated());
        json.writeStringField("version", MesosJson.VERSION);
        json.writeStringField("pid", agent.spec().pid());
        time("registered_time", agent.registered());
        if (agent.reregistered().isPresent()) {
            time("reregistered_time", agent.reregistered().get());
        }
        array(json, "total_resources", () -> agentResources(Optional.of("*")));
        capabilities(MesosJson.AGENT_CAPABILITIES);
    }

    void agentInfo(RegisteredAgent agent) throws IOException {
        AgentSpec spec = agent.spec();
        json.writeStringField("hostname", spec.hostname());
        json.writeNumberField("port", spec.port());
        array(json, "resources", () -> agentResources(Optional.empty()));
        array(json, "attributes", () -> {
            for (var attribute : new TreeMap<>(spec.attributes()).entrySet()) {
                object(json, () -> {
                    json.writeStringField("name", attribute.getKey());
                    json.writeStringField("type", "TEXT");
                    id("text", attribute.getValue());
                });
            }
        });
        id("id", agent.id());
    }

    private void capabilities(List<String> types) throws IOException {
        array(json, "capabilities", () -> {
            for (String type : types) {
                object(json, () -> json.writeStringField("type", type));
            }
        });
    }

    private void agentResources(Optional<String> role) throws IOException {
        scalar("cpus", MesosJson.AGENT_CPUS, () -> text("role", role));
        scalar("mem", MesosJson.AGENT_MEM, () -> text("role", role));
        scalar("disk", MesosJson.AGENT_DISK, () -> text("role", role));
        object(json, () -> {
            json.writeStringField("name", "ports");
            json.writeStringField("type", "RANGES");
            object(
                    json,
                    "ranges",
                    () -> array(
                            json,
                            "range",
                            () -> object(json, () -> {
                                json.writeNumberField("begin", 31000);
                                json.writeNumberField("end", 32000);
                            })));
            text("role", role);
        });
    }

    private void taskResources(String role) throws IOException {
        MesosJson.Body allocated = () -> object(json, "allocation_info", () -> json.writeStringField("role", role));
        scalar("cpus", MesosJson.TASK_CPUS, allocated);
        scalar("mem", MesosJson.TASK_MEM, allocated);
    }

    private void scalar(String name, double value, MesosJson.Body more) throws IOException {
        object(json, () -> {
            json.writeStringField("name", name);
            json.writeStringField("type", "SCALAR");
            object(json, "scalar", () -> json.writeNumberField("value", value));
            more.write();
        });
    }

    void id(String field, String value) throws IOException {
        object(json, field, () -> json.writeStringField("value", value));
    }

    private void text(String field, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(field, value.get());
        }
    }

    private void time(String field, Instant at, boolean unlessNever) throws IOException {
        if (!unlessNever || !at.equals(Instant.EPOCH)) {
            time(field, at);
        }
    }

    private void time(String field, Instant at) throws IOException {
        object(
                json,
                field,
                () -> json.writeNumberField("nanoseconds", at.getEpochSecond() * 1_000_000_000 + at.getNano()));
    }
}
