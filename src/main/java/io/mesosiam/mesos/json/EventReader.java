package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.text;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.json.MasterJson.Unreadable;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterEvent.Nothing;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of the operator stream (v1 {@code master::Event}). The name of the field that contains the data
 * determines the event, so the position of {@code type} doesn't matter. Unknown types are accepted. An event with an
 * invalid value becomes a {@link ClusterEvent.Unusable} with the reason; the next listing contains its change.
 */
public final class EventReader {
    private final TaskReader taskReader = new TaskReader(new Interner());
    private String type = "";
    private @Nullable ClusterEvent event;
    private @Nullable IllegalArgumentException invalid;

    /** Reads one event other than SUBSCRIBED. */
    public ClusterEvent event(JsonParser json) throws IOException {
        type = "";
        event = null;
        invalid = null;
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "type" -> type = text(json);
                case "task_added" -> inside(json, "task", this::taskAdded);
                case "task_updated" -> taskUpdated(json);
                case "framework_added", "framework_updated" -> inside(json, "framework", this::frameworkSeen);
                case "framework_removed" -> inside(json, "framework_info", this::frameworkRemoved);
                case "agent_added" -> inside(json, "agent", this::agentAdded);
                case "agent_removed" -> inside(json, "agent_id", this::agentRemoved);
                default -> {}
            }
        }
        if (type.isEmpty()) {
            throw new Unreadable("event has no type");
        }
        if (invalid != null) {
            return new ClusterEvent.Unusable(
                    MesosText.abbreviated(type) + " with an invalid value: " + invalid.getMessage());
        }
        return event == null ? new Nothing(type) : event;
    }

    private void taskAdded(JsonParser json) throws IOException {
        try {
            event = new ClusterEvent.TaskAdded(taskReader.read(json, Listing.LIVE));
        } catch (IllegalArgumentException e) {
            invalid = e;
        }
    }

    private void taskUpdated(JsonParser json) throws IOException {
        String framework = "";
        TaskState state = TaskState.UNKNOWN;
        StatusReader status = new StatusReader();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "framework_id" -> framework = value(json);
                case "state" -> state = TaskState.parse(text(json));
                case "status" -> status.read(json);
                default -> {}
            }
        }
        try {
            event = new ClusterEvent.TaskUpdated(
                    new TaskKey(
                            new FrameworkId(framework), new TaskId(status.taskId()), new MesosAgentId(status.agent())),
                    state == TaskState.UNKNOWN ? status.state() : state,
                    status.source(),
                    status.container());
        } catch (IllegalArgumentException e) {
            invalid = e;
        }
    }

    private void frameworkSeen(JsonParser json) throws IOException {
        FrameworkDraft draft = FrameworkDraft.read(json);
        make(() -> new ClusterEvent.FrameworkSeen(draft.build()));
    }

    private void frameworkRemoved(JsonParser json) throws IOException {
        FrameworkDraft draft = FrameworkDraft.read(json);
        make(() -> new ClusterEvent.FrameworkRemoved(draft.build().framework().id()));
    }

    private void agentAdded(JsonParser json) throws IOException {
        AgentDraft draft = AgentDraft.read(json);
        make(() -> new ClusterEvent.AgentAdded(draft.build()));
    }

    private void agentRemoved(JsonParser json) throws IOException {
        String id = value(json);
        make(() -> new ClusterEvent.AgentRemoved(new MesosAgentId(id)));
    }

    private void make(Supplier<ClusterEvent> maker) {
        try {
            event = maker.get();
        } catch (IllegalArgumentException e) {
            invalid = e;
        }
    }

    private static void inside(JsonParser json, String name, MasterJson.Step step) throws IOException {
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals(name)) {
                step.step(json);
            }
        }
    }
}
