package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
import static io.mesosiam.mesos.json.MasterJson.compared;
import static io.mesosiam.mesos.json.MasterJson.fields;
import static io.mesosiam.mesos.json.MasterJson.present;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.json.MasterJson.Step;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The fields of a framework as read from either format, before validation. */
final class FrameworkDraft {
    private String id = "";
    private String name = "";
    private String principal = "";
    private String user = "";
    private boolean recovered;

    /**
     * Reads a framework of {@code /state}, a v1 framework with its {@code framework_info}, or a {@code framework_info}
     * alone.
     *
     * @param others readers of additional fields
     */
    static FrameworkDraft read(JsonParser json, Map<String, Step> others) throws IOException {
        FrameworkDraft draft = new FrameworkDraft();
        Map<String, Step> info = Map.of(
                "id", j -> draft.id = value(j),
                "name", j -> draft.name = compared(j),
                "principal", j -> draft.principal = compared(j),
                "user", j -> draft.user = compared(j));
        Map<String, Step> all = new HashMap<>(others);
        all.putAll(info);
        all.put("framework_info", j -> fields(j, info));
        all.put("recovered", j -> draft.recovered = bool(j));
        fields(json, all);
        return draft;
    }

    SeenFramework build() {
        return new SeenFramework(new Framework(new FrameworkId(id), name, present(principal), user, false), recovered);
    }
}
