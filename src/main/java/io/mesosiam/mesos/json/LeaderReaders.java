package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
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
        boolean seen = false;
        boolean frameworks = false;
        boolean httpFrameworks = false;
        boolean agents = false;
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "flags" -> {
                    seen = true;
                    fields.enter();
                }
                case "authenticate_frameworks" -> frameworks = bool(json);
                case "authenticate_http_frameworks" -> httpFrameworks = bool(json);
                case "authenticate_agents" -> agents = bool(json);
                default -> {}
            }
        }
        if (!seen) {
            throw new Unreadable("flags is missing");
        }
        return new Enforcement(true, frameworks, httpFrameworks, agents);
    }

    /** Reads the gauges of live tasks. All of them are required. */
    public static TaskCounts metrics(JsonParser json) throws IOException {
        Map<String, Integer> gauges = new HashMap<>();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.startsWith(TASKS)
                    && json.currentToken().isNumeric()
                    && Math.abs(json.getDoubleValue()) <= MAX_TASKS) {
                gauges.put(field.substring(TASKS.length()), (int) json.getDoubleValue());
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
        String id = "";
        String elected = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "get_master", "master_info" -> fields.enter();
                case "id" -> id = text(json);
                case "elected_time" -> elected = text(json);
                default -> {}
            }
        }
        return leader(id, elected);
    }

    /** Reads the leader from the beginning of a {@code /state} document; the rest is not read. */
    public static Leader headOfState(JsonParser json) throws IOException {
        String id = "";
        String elected = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "id" -> id = text(json);
                case "elected_time" -> elected = text(json);
                default -> {}
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
