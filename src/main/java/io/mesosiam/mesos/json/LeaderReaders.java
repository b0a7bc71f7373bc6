package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
import static io.mesosiam.mesos.json.MasterJson.fields;
import static io.mesosiam.mesos.json.MasterJson.text;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.json.MasterJson.Unreadable;
import io.mesosiam.mesos.model.TaskCounts;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Readers of small responses, or of small parts of responses: {@code /flags}, {@code /metrics/snapshot}, and the
 * leader's identity.
 */
public final class LeaderReaders {
    private static final String TASKS = "master/tasks_";
    /** A larger gauge value is not a valid number of tasks. */
    private static final double MAX_TASKS = 100_000_000;

    private LeaderReaders() {}

    /** Reads {@code {"flags": {"authenticate_agents": "false", …}}}. Booleans are strings. */
    public static Enforcement flags(JsonParser json) throws IOException {
        var draft = new Object() {
            boolean seen;
            boolean frameworks;
            boolean httpFrameworks;
            boolean agents;
        };
        MasterJson.Step flags = j -> {
            draft.seen = true;
            fields(
                    j,
                    Map.of(
                            "authenticate_frameworks", f -> draft.frameworks = bool(f),
                            "authenticate_http_frameworks", f -> draft.httpFrameworks = bool(f),
                            "authenticate_agents", f -> draft.agents = bool(f)));
        };
        fields(json, Map.of("flags", flags));
        if (!draft.seen) {
            throw new Unreadable("flags is missing");
        }
        return new Enforcement(true, draft.frameworks, draft.httpFrameworks, draft.agents);
    }

    /** Reads the gauges of live tasks. All of them are required. */
    public static TaskCounts metrics(JsonParser json) throws IOException {
        Map<String, Integer> gauges = new HashMap<>();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            if (field.startsWith(TASKS)
                    && json.currentToken().isNumeric()
                    && Math.abs(json.getDoubleValue()) <= MAX_TASKS) {
                gauges.put(field.substring(TASKS.length()), (int) json.getDoubleValue());
            } else {
                json.skipChildren();
            }
        }
        return new TaskCounts(
                gauge(gauges, "staging"),
                gauge(gauges, "starting"),
                gauge(gauges, "running"),
                gauge(gauges, "killing"),
                gauge(gauges, "unreachable"));
    }

    private static int gauge(Map<String, Integer> gauges, String name) throws Unreadable {
        Integer value = gauges.get(name);
        if (value == null) {
            throw new Unreadable(TASKS + name + " is missing");
        }
        return value;
    }

    /** Reads {@code {"get_master": {"master_info": {"id": …}, "elected_time": …}}}. */
    public static Leader master(JsonParser json) throws IOException {
        var draft = new Object() {
            String id = "";
            String elected = "";
        };
        MasterJson.Step master = j -> fields(
                j,
                Map.of(
                        "master_info", info -> fields(info, Map.of("id", i -> draft.id = text(i))),
                        "elected_time", e -> draft.elected = text(e)));
        fields(json, Map.of("get_master", master));
        return leader(draft.id, draft.elected);
    }

    /** Reads the leader from the beginning of a {@code /state} document; the rest is not read. */
    public static Leader headOfState(JsonParser json) throws IOException {
        String id = "";
        String elected = "";
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "id" -> id = text(json);
                case "elected_time" -> elected = text(json);
                default -> json.skipChildren();
            }
            if (!id.isEmpty() && !elected.isEmpty()) {
                break;
            }
        }
        return leader(id, elected);
    }

    private static Leader leader(String id, String elected) throws Unreadable {
        if (id.isEmpty() || elected.isEmpty()) {
            throw new Unreadable("the id or the elected_time of a leader is missing");
        }
        return new Leader(id, elected);
    }
}
