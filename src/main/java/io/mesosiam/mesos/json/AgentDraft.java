package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
import static io.mesosiam.mesos.json.MasterJson.compared;
import static io.mesosiam.mesos.json.MasterJson.eachObject;
import static io.mesosiam.mesos.json.MasterJson.text;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fields of a Mesos agent as read from either format, before validation. */
final class AgentDraft {
    private static final int MAX_ATTRIBUTES = 1024 * 1024;
    private static final String UNREADABLE = String.valueOf(MesosText.REPLACED);

    private final Map<String, String> attributes = new HashMap<>();
    private final ElementTexts attributeTexts = new ElementTexts(MAX_ATTRIBUTES);
    private String id = "";
    private String hostname = "";
    private String pid = "";
    private boolean active;
    private boolean deactivated;

    static AgentDraft read(JsonParser json) throws IOException {
        AgentDraft draft = new AgentDraft();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "agent_info" -> fields.enter();
                case "id" -> draft.id = value(json);
                case "hostname" -> draft.hostname = text(json);
                case "attributes" -> draft.attributes(json);
                case "pid" -> draft.pid = text(json);
                case "active" -> draft.active = bool(json);
                case "deactivated" -> draft.deactivated = bool(json);
                default -> {}
            }
        }
        return draft;
    }

    /** @throws IllegalArgumentException if a field is invalid */
    MesosAgent build() {
        if (!attributeTexts.fit()) {
            throw new IllegalArgumentException("attributes have more than " + MAX_ATTRIBUTES + " characters");
        }
        return new MesosAgent(new MesosAgentId(id), hostname, address(pid), attributes, active, deactivated);
    }

    /**
     * Returns the address without port and brackets, from {@code slave(1)@198.51.100.1:5051} or {@code
     * slave(1)@[::1]:5051}.
     */
    private static String address(String pid) {
        String hostAndPort = pid.substring(pid.indexOf('@') + 1);
        int colon = hostAndPort.lastIndexOf(':');
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * Reads attributes: a map of texts in {@code /state}; in v1 a list of {@code {"name": …, "type": "TEXT", "text":
     * {"value": …}}}.
     */
    private void attributes(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            Fields fields = new Fields(json);
            for (String name = fields.next(); name != null; name = fields.next()) {
                attribute(name, compared(json));
            }
        } else {
            eachObject(json, this::attribute);
        }
    }

    private void attribute(JsonParser json) throws IOException {
        String name = UNREADABLE;
        String value = UNREADABLE;
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "name" -> name = compared(json);
                case "text", "scalar" -> value = known(value(json));
                case "ranges" -> value = ranges(json);
                case "set" -> value = items(json);
                default -> {}
            }
        }
        attribute(name, value);
    }

    /** Adds an attribute. Mesos accepts a name several times; which of the values applies is then undefined. */
    private void attribute(String name, String value) {
        if (attributeTexts.add(name, value)) {
            attributes.merge(name, value, (one, other) -> one.equals(other) ? one : UNREADABLE);
        }
    }

    /** Marks an empty text as damaged, since a value that couldn't be read must not be treated as an empty one. */
    private static String known(String value) {
        return value.isEmpty() ? UNREADABLE : value;
    }

    /** Reads a set in the form of {@code /state}: {@code {a, b}}. */
    private String items(JsonParser json) throws IOException {
        List<String> items = new ArrayList<>();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("item") && json.currentToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    add(items, compared(json));
                }
            }
        }
        return "{" + String.join(", ", items) + "}";
    }

    /** Reads ranges in the form of {@code /state}: {@code [1-2, 5-8]}. */
    private String ranges(JsonParser json) throws IOException {
        List<String> ranges = new ArrayList<>();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("range")) {
                eachObject(json, range -> add(ranges, range(range)));
            }
        }
        return "[" + String.join(", ", ranges) + "]";
    }

    private void add(List<String> parts, String part) {
        if (attributeTexts.add(part)) {
            parts.add(part);
        }
    }

    private static String range(JsonParser json) throws IOException {
        String begin = "";
        String end = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "begin" -> begin = compared(json);
                case "end" -> end = compared(json);
                default -> {}
            }
        }
        return begin + '-' + end;
    }
}
