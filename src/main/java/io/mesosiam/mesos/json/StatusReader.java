package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.text;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskState;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads consecutive task statuses. Values that a later status doesn't contain are kept from earlier ones. */
final class StatusReader {
    private String taskId = "";
    private String agent = "";
    private String source = "";
    private TaskState state = TaskState.UNKNOWN;
    private Optional<ContainerId> container = Optional.empty();
    /** Thrown only after the complete task has been read, so that the next one can be read. */
    private @Nullable IllegalArgumentException invalid;

    void read(JsonParser json) throws IOException {
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "task_id" -> taskId = value(json);
                case "agent_id", "slave_id" -> agent = value(json);
                case "source" -> source = text(json);
                case "state" -> state = TaskState.parse(text(json));
                case "container_status" -> containerStatus(json);
                default -> {}
            }
        }
    }

    String taskId() {
        return taskId;
    }

    String agent() {
        return agent;
    }

    String source() {
        return source;
    }

    TaskState state() {
        return state;
    }

    /**
     * The container of the last status that names one.
     *
     * @throws IllegalArgumentException if any of them was invalid
     */
    Optional<ContainerId> container() {
        if (invalid != null) {
            throw invalid;
        }
        return container;
    }

    private void containerStatus(JsonParser json) throws IOException {
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("container_id") && json.currentToken() == JsonToken.START_OBJECT) {
                container = containerId(json, container);
            }
        }
    }

    /** Reads {@code {"value": CHILD, "parent": {"value": PARENT}}}. The statuses of one task share one object. */
    private Optional<ContainerId> containerId(JsonParser json, Optional<ContainerId> known) throws IOException {
        String leaf = "";
        Optional<ContainerId> parent = Optional.empty();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("value")) {
                leaf = text(json);
            } else if (field.equals("parent") && json.currentToken() == JsonToken.START_OBJECT) {
                parent = containerId(json, known.flatMap(ContainerId::parent));
            }
        }
        if (known.isPresent()
                && known.get().value().equals(leaf)
                && known.get().parent().equals(parent)) {
            return known;
        }
        try {
            return Optional.of(new ContainerId(parent, leaf));
        } catch (IllegalArgumentException e) {
            invalid = e;
            return Optional.empty();
        }
    }
}
