package io.mesosiam.sandbox.mesos;

import static io.mesosiam.sandbox.mesos.MesosJson.array;
import static io.mesosiam.sandbox.mesos.MesosJson.object;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The flags of the master. Booleans are texts, and the flags that enforce principals are always present. */
final class MasterFlags {
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("agent_ping_timeout", "15secs"),
            Map.entry("agent_reregister_timeout", "10mins"),
            Map.entry("allocation_interval", "1secs"),
            Map.entry("authenticate_agents", "false"),
            Map.entry("authenticate_frameworks", "false"),
            Map.entry("authenticate_http_frameworks", "false"),
            Map.entry("authenticate_http_readonly", "false"),
            Map.entry("authenticate_http_readwrite", "false"),
            Map.entry("authenticators", "crammd5"),
            Map.entry("authorizers", "local"),
            Map.entry("cluster", "sandbox"),
            Map.entry("http_authenticators", "basic"),
            Map.entry("ip", "127.0.0.1"),
            Map.entry("max_agent_ping_timeouts", "5"),
            Map.entry("max_completed_frameworks", "50"),
            Map.entry("max_completed_tasks_per_framework", "1000"),
            Map.entry("max_operator_event_stream_subscribers", "1000"),
            Map.entry("max_unreachable_tasks_per_framework", "1000"),
            Map.entry("registry", "in_memory"),
            Map.entry("root_submissions", "true"),
            Map.entry("version", "false"),
            Map.entry("zk_session_timeout", "10secs"));

    private final Map<String, String> values;

    MasterFlags(MasterSetup setup, Advertised self) {
        var all = new TreeMap<>(DEFAULTS);
        all.put("hostname", self.hostname());
        all.put("port", Integer.toString(self.port()));
        if (!setup.credentials().isEmpty()) {
            all.put("credentials", "/etc/mesos/credentials");
        }
        all.putAll(setup.flags());
        this.values = Map.copyOf(all);
    }

    Map<String, String> values() {
        return values;
    }

    /** {@code /flags}. */
    void snapshot(JsonGenerator json) throws IOException {
        object(
                json,
                () -> object(json, "flags", () -> {
                    for (var flag : new TreeMap<>(values).entrySet()) {
                        json.writeStringField(flag.getKey(), flag.getValue());
                    }
                }));
    }

    /** GET_FLAGS. */
    void call(JsonGenerator json) throws IOException {
        object(json, () -> {
            json.writeStringField("type", "GET_FLAGS");
            object(
                    json,
                    "get_flags",
                    () -> array(json, "flags", () -> {
                        for (var flag : new TreeMap<>(values).entrySet()) {
                            object(json, () -> {
                                json.writeStringField("name", flag.getKey());
                                json.writeStringField("value", flag.getValue());
                            });
                        }
                    }));
        });
    }
}
