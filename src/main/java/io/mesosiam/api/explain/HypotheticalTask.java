package io.mesosiam.api.explain;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemException;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the values of a task that doesn't exist, and collects every fault. */
final class HypotheticalTask {
    /** The longest text, in characters. */
    static final int MAX_TEXT = 4096;

    /** Mesos bounds neither; a task with more can't be described. */
    static final int MAX_ITEMS = 256;

    private static final String ID = "hypothetical";

    private static final Map<String, FieldKind> FIELDS = Map.of(
            "frameworkName", FieldKind.TEXT,
            "frameworkPrincipal", FieldKind.TEXT,
            "mesosRole", FieldKind.TEXT,
            "taskName", FieldKind.TEXT,
            "taskUser", FieldKind.TEXT,
            "image", FieldKind.TEXT,
            "labels", FieldKind.ARRAY,
            "agentAttributes", FieldKind.OBJECT,
            "witnessed", FieldKind.TRUTH,
            "principalsEnforced", FieldKind.TRUTH);

    private final Fields fields;
    private final List<Problem.FieldError> errors = new ArrayList<>();

    private HypotheticalTask(JsonNode document) {
        this.fields = Fields.read(document, FIELDS);
        fields.faults().forEach(fault -> errors.add(new Problem.FieldError(fault.field(), fault.message())));
    }

    /**
     * The task that a document describes.
     *
     * @param now whether the leading master enforces principals, for a document that doesn't say
     * @throws ProblemException with every fault, if there is one
     */
    static Subject read(JsonNode document, Enforcement now) {
        return new HypotheticalTask(document).subject(now);
    }

    private Subject subject(Enforcement now) {
        String frameworkName = required("frameworkName");
        Optional<String> principal = text("frameworkPrincipal");
        MesosRole role = role(required("mesosRole"));
        String name = required("taskName");
        String user = required("taskUser");
        Optional<String> image = text("image");
        List<Label> labels = labels();
        Optional<MesosAgent> agent = attributes()
                .map(attributes -> new MesosAgent(new MesosAgentId(ID), ID, "0.0.0.0", attributes, true, false));
        if (!errors.isEmpty()) {
            throw ProblemException.invalidObject(errors);
        }
        TaskKey key = new TaskKey(new FrameworkId(ID), new TaskId(ID), new MesosAgentId(ID));
        return new Subject(
                new Task(
                        key,
                        name,
                        role,
                        Optional.of(user),
                        Optional.empty(),
                        image,
                        labels,
                        TaskState.RUNNING,
                        Optional.empty()),
                Optional.of(new Framework(key.framework(), frameworkName, principal, user, false)),
                agent,
                truth("witnessed").orElse(true),
                truth("principalsEnforced")
                        .map(enforced -> new Enforcement(true, enforced, enforced, enforced))
                        .orElse(now));
    }

    private Optional<Boolean> truth(String field) {
        return Optional.ofNullable(fields.values().get(field)).map(JsonNode::booleanValue);
    }

    private String required(String field) {
        Optional<String> value = text(field);
        if (value.isEmpty() && errors.stream().noneMatch(error -> error.field().equals(field))) {
            error(field, "is required");
        }
        return value.orElse("");
    }

    private Optional<String> text(String field) {
        return Optional.ofNullable(fields.text(field)).flatMap(text -> bounded(field, text));
    }

    private Optional<String> bounded(String field, String text) {
        if (text.isEmpty() || characters(text) > MAX_TEXT) {
            error(field, "must have 1 to " + MAX_TEXT + " characters");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** A stand-in for a role that is missing, whose fault is known. */
    private MesosRole role(String text) {
        try {
            return new MesosRole(text.isEmpty() ? ID : text);
        } catch (IllegalArgumentException e) {
            error("mesosRole", "must have 1 to 512 bytes and no control character");
            return new MesosRole(ID);
        }
    }

    private List<Label> labels() {
        List<Label> labels = new ArrayList<>();
        JsonNode items = fields.values().get("labels");
        if (items == null || !fits("labels", items)) {
            return labels;
        }
        for (int i = 0; i < items.size(); i++) {
            label("labels[" + i + "]", items.get(i)).ifPresent(labels::add);
        }
        return labels;
    }

    private Optional<Label> label(String at, JsonNode item) {
        if (!item.isObject()) {
            error(at, "must be an object with 'key' and perhaps 'value'");
            return Optional.empty();
        }
        Fields label = Fields.read(item, Map.of("key", FieldKind.TEXT, "value", FieldKind.TEXT));
        label.faults().forEach(fault -> error(at + "." + fault.field(), fault.message()));
        Optional<String> key = Optional.ofNullable(label.text("key")).flatMap(text -> bounded(at + ".key", text));
        if (label.text("key") == null
                && label.faults().stream().noneMatch(fault -> fault.field().equals("key"))) {
            error(at + ".key", "is required");
        }
        Optional<String> value = Optional.ofNullable(label.text("value"));
        value.filter(text -> characters(text) > MAX_TEXT)
                .ifPresent(_ -> error(at + ".value", "must have at most " + MAX_TEXT + " characters"));
        return key.map(known -> new Label(known, value));
    }

    /** Empty if the document doesn't say: then the attributes are not known. */
    private Optional<Map<String, String>> attributes() {
        JsonNode object = fields.values().get("agentAttributes");
        if (object == null || !fits("agentAttributes", object)) {
            return Optional.empty();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            String at = "agentAttributes." + entry.getKey();
            JsonNode value = entry.getValue();
            if (entry.getKey().isEmpty() || characters(entry.getKey()) > MAX_TEXT) {
                error("agentAttributes", "each name must have 1 to " + MAX_TEXT + " characters");
            } else if (!value.isTextual() && !value.isNumber()) {
                error(at, "must be a text or a number");
            } else if (characters(value.asText()) > MAX_TEXT) {
                error(at, "must have at most " + MAX_TEXT + " characters");
            } else {
                attributes.put(entry.getKey(), value.asText());
            }
        });
        return Optional.of(attributes);
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private boolean fits(String field, JsonNode items) {
        if (items.size() > MAX_ITEMS) {
            error(field, "must have at most " + MAX_ITEMS + " items");
            return false;
        }
        return true;
    }

    private void error(String field, String message) {
        errors.add(new Problem.FieldError(field, message));
    }
}
