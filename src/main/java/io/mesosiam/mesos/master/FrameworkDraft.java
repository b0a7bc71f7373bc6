package io.mesosiam.mesos.master;

import static io.mesosiam.mesos.master.MasterJson.bool;
import static io.mesosiam.mesos.master.MasterJson.compared;
import static io.mesosiam.mesos.master.MasterJson.fields;
import static io.mesosiam.mesos.master.MasterJson.present;
import static io.mesosiam.mesos.master.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.master.MasterJson.Step;
import io.mesosiam.mesos.model.SeenFramework;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What is read of a framework, in either form, before it is known to be valid. */
final class FrameworkDraft {
    private String id = "";
    private String name = "";
    private String principal = "";
    private String user = "";
    private boolean recovered;

    /**
     * Reads {@code /state}'s framework, v1's with its {@code framework_info}, or that alone.
     *
     * @param others what to do with more of its fields
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
