package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.eachObject;
import static io.mesosiam.mesos.json.MasterJson.present;
import static io.mesosiam.mesos.json.MasterJson.text;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.line.OneLine;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Rejected;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads tasks in both formats. Tasks make up most of a cluster's response, and most fields of a task are not needed, so
 * this reader is optimised for speed: fields by switch, one reused object for all tasks, unneeded values are not
 * stored.
 */
final class TaskReader {
    /** Characters of a text that policies compare. */
    private static final int LONGEST_TEXT = 4_096;

    /** Characters of all labels of a task, with 64 for each text. */
    private static final int ALL_LABELS = 16_384;

    /** A policy's value is not longer. */
    private static final int LONGEST_LABEL_VALUE = 1_024;

    private static final Set<String> ROLE = Set.of("role");
    private static final Set<String> IMAGE = Set.of("image");
    private static final Set<String> NAME = Set.of("name");

    private final Interner names;
    private final List<Label> labels = new ArrayList<>();
    private String id = "";
    private String name = "";
    private String framework = "";
    private String agent = "";
    private String executor = "";
    private String user = "";
    private String role = "";
    private String image = "";
    private TaskState state = TaskState.UNKNOWN;
    private StatusReader status = new StatusReader();
    private ElementTexts labelTexts = new ElementTexts(ALL_LABELS);

    TaskReader(Interner names) {
        this.names = names;
    }

    /**
     * Reads the task at the parser's position to its end.
     *
     * @throws IllegalArgumentException if a field is invalid; the parser is then also behind the task
     */
    SeenTask read(JsonParser json, Listing listing) throws IOException {
        reset();
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            throw new IllegalArgumentException("task is not an object");
        }
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "id", "task_id" -> id = value(json);
                case "framework_id" -> framework = value(json);
                case "slave_id", "agent_id" -> agent = value(json);
                case "executor_id" -> executor = value(json);
                case "state" -> state = TaskState.parse(text(json));
                case "resources" -> allocationRole(json);
                case "statuses" -> eachObject(json, status::read);
                case "role" -> role = compared(json);
                default -> {
                    if (listing != Listing.COMPLETED) {
                        readForPolicies(field, json);
                    }
                }
            }
        }
        return new SeenTask(task(), listing, state == TaskState.LOST ? present(status.source()) : Optional.empty());
    }

    /** Reads a field that only policies need: no policy decides about a completed task, of which a master lists thousands. */
    private void readForPolicies(String field, JsonParser json) throws IOException {
        switch (field) {
            case "name" -> name = compared(json);
            case "user" -> user = compared(json);
            case "labels" -> labels(json);
            case "container" -> image = image(json);
            default -> {}
        }
    }

    /** The readable parts of the task for which {@link #read} has just thrown {@code why}. */
    Rejected.OneTask rejected(Listing listing, IllegalArgumentException why) {
        return new Rejected.OneTask(
                MesosText.valid(framework, FrameworkId::new),
                MesosText.valid(id, TaskId::new),
                MesosText.valid(agent, MesosAgentId::new),
                state,
                listing,
                "task %s of framework %s on Mesos agent %s: %s"
                        .formatted(
                                MesosText.abbreviated(id),
                                MesosText.abbreviated(framework),
                                MesosText.abbreviated(agent),
                                why.getMessage()));
    }

    private Task task() {
        if (!labelTexts.fit()) {
            labels.add(Label.NOT_KEPT);
        }
        Optional<ContainerId> container = status.container();
        TaskId taskId = new TaskId(id);
        return new Task(
                new TaskKey(names.framework(framework), taskId, names.agent(agent)),
                name.equals(id) ? taskId.value() : name,
                names.role(role.isEmpty() ? "*" : role),
                present(user).map(names::text),
                executorId(taskId, container),
                present(image).map(names::text),
                labels,
                state,
                container);
    }

    /** Where the master names no executor, Mesos created one for the command, with the task's own id. */
    private Optional<String> executorId(TaskId taskId, Optional<ContainerId> container) {
        if (executor.isEmpty() || executor.equals(taskId.value())) {
            return container.map(c -> taskId.value());
        }
        return Optional.of(names.text(executor));
    }

    private void reset() {
        id = name = framework = agent = executor = user = role = image = "";
        state = TaskState.UNKNOWN;
        status = new StatusReader();
        labelTexts = new ElementTexts(ALL_LABELS);
        labels.clear();
    }

    /** Reads the role. In v1 each resource contains it; all resources of a task are allocated to the same role. */
    private void allocationRole(JsonParser json) throws IOException {
        eachObject(json, resource -> {
            if (!role.isEmpty()) {
                resource.skipChildren();
                return;
            }
            Fields fields = new Fields(resource);
            for (String field = fields.next(); field != null; field = fields.next()) {
                if (field.equals("allocation_info")) {
                    role = nested(resource, ROLE);
                }
            }
        });
    }

    /** Reads {@code [{"key": …}]} in {@code /state} or {@code {"labels": [{"key": …}]}} in v1. */
    private void labels(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.START_ARRAY) {
            eachObject(json, this::label);
            return;
        }
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("labels")) {
                eachObject(json, this::label);
            }
        }
    }

    private void label(JsonParser json) throws IOException {
        String key = "";
        Optional<String> labelValue = Optional.empty();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "key" -> key = compared(json);
                case "value" -> labelValue = Optional.of(labelValue(json));
                default -> {}
            }
        }
        if (labelTexts.add(key, labelValue.orElse(""))) {
            labels.add(names.label(new Label(names.text(key), labelValue)));
        }
    }

    private static String labelValue(JsonParser json) throws IOException {
        String value = compared(json);
        return value.codePointCount(0, value.length()) <= LONGEST_LABEL_VALUE
                ? value
                : String.valueOf(MesosText.REPLACED);
    }

    /** A text that policies compare. If it is too long, its start is kept, which they can't compare. */
    private static String compared(JsonParser json) throws IOException {
        String text = MasterJson.compared(json);
        return text.length() <= LONGEST_TEXT ? text : OneLine.start(text, LONGEST_TEXT) + MesosText.REPLACED;
    }

    /** Reads {@code docker.image}, or {@code mesos.image.docker.name} or {@code mesos.image.appc.name}. */
    private static String image(JsonParser json) throws IOException {
        return ofType(json, "docker", it -> nested(it, IMAGE), "mesos", TaskReader::mesosImage);
    }

    private static String mesosImage(JsonParser json) throws IOException {
        String found = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("image")) {
                found = ofType(json, "docker", it -> nested(it, NAME), "appc", it -> nested(it, NAME));
            }
        }
        return found;
    }

    /**
     * Reads an object that has its content in a field of the name of its {@code type}. A framework may set the field of
     * another type as well, and Mesos runs the image of {@code type}. If two images are possible, the value can't be
     * compared.
     */
    private static String ofType(JsonParser json, String one, Content ofOne, String two, Content ofTwo)
            throws IOException {
        String type = "";
        Optional<String> first = Optional.empty();
        Optional<String> second = Optional.empty();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("type")) {
                type = compared(json);
            } else if (field.equals(one)) {
                first = Optional.of(ofOne.read(json));
            } else if (field.equals(two)) {
                second = Optional.of(ofTwo.read(json));
            }
        }
        boolean isFirst = type.equalsIgnoreCase(one);
        boolean isSecond = type.equalsIgnoreCase(two);
        Optional<String> named = isFirst || (!isSecond && first.isPresent()) ? first : second;
        boolean other = isFirst ? second.isPresent() : first.isPresent() && (isSecond || second.isPresent());
        return named.orElse("") + (other ? MesosText.REPLACED : "");
    }

    private interface Content {
        String read(JsonParser json) throws IOException;
    }

    /** Returns the text found by descending into fields of these names at any depth. Others are skipped. */
    private static String nested(JsonParser json, Set<String> path) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return compared(json);
        }
        String found = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (path.contains(field)) {
                found = nested(json, path);
            }
        }
        return found;
    }
}
