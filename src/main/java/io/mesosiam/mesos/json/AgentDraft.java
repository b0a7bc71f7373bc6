package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
import static io.mesosiam.mesos.json.MasterJson.compared;
import static io.mesosiam.mesos.json.MasterJson.eachObject;
import static io.mesosiam.mesos.json.MasterJson.fields;
import static io.mesosiam.mesos.json.MasterJson.text;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.json.MasterJson.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fields of a Mesos agent as read from either format, before validation. */
final class AgentDraft {
    private static final String UNREADABLE = String.valueOf(MesosText.REPLACED);

    private final Map<String, String> attributes = new HashMap<>();
    private String id = "";
    private String hostname = "";
    private String pid = "";
    private boolean active;
    private boolean deactivated;

    static AgentDraft read(JsonParser json) throws IOException {
        AgentDraft draft = new AgentDraft();
        Map<String, Step> info = Map.of(
                "id", j -> draft.id = value(j),
                "hostname", j -> draft.hostname = text(j),
                "attributes", draft::attributes);
        Map<String, Step> all = new HashMap<>(info);
        all.put("agent_info", j -> fields(j, info));
        all.put("pid", j -> draft.pid = text(j));
        all.put("active", j -> draft.active = bool(j));
        all.put("deactivated", j -> draft.deactivated = bool(j));
        fields(json, all);
        return draft;
    }

    MesosAgent build() {
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
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                attribute(name, compared(json));
            }
        } else {
            eachObject(json, this::attribute);
        }
    }

    private void attribute(JsonParser json) throws IOException {
        String[] nameAndValue = {UNREADABLE, UNREADABLE};
        fields(
                json,
                Map.of(
                        "name", j -> nameAndValue[0] = compared(j),
                        "text", j -> nameAndValue[1] = known(value(j)),
                        "scalar", j -> nameAndValue[1] = known(value(j)),
                        "ranges", j -> nameAndValue[1] = ranges(j),
                        "set", j -> nameAndValue[1] = items(j)));
        attribute(nameAndValue[0], nameAndValue[1]);
    }

    /** Adds an attribute. Mesos accepts a name several times; which of the values applies is then undefined. */
    private void attribute(String name, String value) {
        attributes.merge(name, value, (one, other) -> one.equals(other) ? one : UNREADABLE);
    }

    /** Marks an empty text as damaged, since a value that couldn't be read must not be treated as an empty one. */
    private static String known(String value) {
        return value.isEmpty() ? UNREADABLE : value;
    }

    /** Reads a set in the form of {@code /state}: {@code {a, b}}. */
    private static String items(JsonParser json) throws IOException {
        List<String> items = new ArrayList<>();
        fields(json, Map.of("item", list -> {
            if (list.currentToken() != JsonToken.START_ARRAY) {
                list.skipChildren();
                return;
            }
            while (list.nextToken() != JsonToken.END_ARRAY) {
                items.add(compared(list));
            }
        }));
        return "{" + String.join(", ", items) + "}";
    }

    /** Reads ranges in the form of {@code /state}: {@code [1-2, 5-8]}. */
    private static String ranges(JsonParser json) throws IOException {
        StringBuilder all = new StringBuilder("[");
        fields(
                json,
                Map.of(
                        "range",
                        list -> eachObject(list, range -> {
                            String[] ends = {"", ""};
                            fields(
                                    range,
                                    Map.of("begin", j -> ends[0] = compared(j), "end", j -> ends[1] = compared(j)));
                            all.append(all.length() > 1 ? ", " : "")
                                    .append(ends[0])
                                    .append('-')
                                    .append(ends[1]);
                        })));
        return all.append(']').toString();
    }
}
