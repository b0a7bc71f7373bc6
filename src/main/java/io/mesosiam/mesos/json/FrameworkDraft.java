package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.bool;
import static io.mesosiam.mesos.json.MasterJson.compared;
import static io.mesosiam.mesos.json.MasterJson.present;
import static io.mesosiam.mesos.json.MasterJson.value;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.io.IOException;

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
     */
    static FrameworkDraft read(JsonParser json) throws IOException {
        FrameworkDraft draft = new FrameworkDraft();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            draft.field(field, fields, json);
        }
        return draft;
    }

    /** Reads one field, if it is needed. */
    void field(String field, Fields fields, JsonParser json) throws IOException {
        switch (field) {
            case "framework_info" -> fields.enter();
            case "id" -> id = value(json);
            case "name" -> name = compared(json);
            case "principal" -> principal = compared(json);
            case "user" -> user = compared(json);
            case "recovered" -> recovered = bool(json);
            default -> {}
        }
    }

    /** @throws IllegalArgumentException if a field is invalid */
    SeenFramework build() {
        return new SeenFramework(new Framework(new FrameworkId(id), name, present(principal), user, false), recovered);
    }
}
