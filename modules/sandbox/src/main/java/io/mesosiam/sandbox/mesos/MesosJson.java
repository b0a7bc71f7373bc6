package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.TaskSpec;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;

/** JSON that both dialects of Mesos, {@code /state} and the v1 API, have in common. */
final class MesosJson {
    static final JsonFactory FACTORY = new JsonFactory();

    static final String VERSION = "1.12.0";
    static final List<String> MASTER_CAPABILITIES = List.of("AGENT_UPDATE", "AGENT_DRAINING", "QUOTA_V2");
    static final List<String> AGENT_CAPABILITIES = List.of(
            "MULTI_ROLE",
            "HIERARCHICAL_ROLE",
            "RESERVATION_REFINEMENT",
            "RESOURCE_PROVIDER",
            "RESIZE_VOLUME",
            "AGENT_OPERATION_FEEDBACK",
            "AGENT_DRAINING",
            "TASK_RESOURCE_LIMITS");

    /** Resources of every task and every Mesos agent here. */
    static final double TASK_CPUS = 0.1;

    static final double TASK_MEM = 64;
    static final double AGENT_CPUS = 16;
    static final double AGENT_MEM = 16384;
    static final double AGENT_DISK = 20000;

    private MesosJson() {}

    /** Writes part of a document into the generator's current object or array. */
    @FunctionalInterface
    interface Body {
        void write() throws IOException;
    }

    static void object(JsonGenerator json, String field, Body body) throws IOException {
        json.writeObjectFieldStart(field);
        body.write();
        json.writeEndObject();
    }

    static void object(JsonGenerator json, Body body) throws IOException {
        json.writeStartObject();
        body.write();
        json.writeEndObject();
    }

    static void array(JsonGenerator json, String field, Body body) throws IOException {
        json.writeArrayFieldStart(field);
        body.write();
        json.writeEndArray();
    }

    static void strings(JsonGenerator json, String field, List<String> values) throws IOException {
        array(json, field, () -> {
            for (String value : values) {
                json.writeString(value);
            }
        });
    }

    /** Seconds with a fraction, as protobuf's doubles are printed: never with an exponent. */
    static void seconds(JsonGenerator json, String field, Instant at) throws IOException {
        var plain = BigDecimal.valueOf(at.getEpochSecond())
                .add(BigDecimal.valueOf(at.getNano(), 9))
                .setScale(6, RoundingMode.DOWN);
        json.writeFieldName(field);
        json.writeNumber(at.equals(Instant.EPOCH) ? "0.0" : plain.toPlainString());
    }

    /** A container's id with its parents', the innermost first. */
    static void containerId(JsonGenerator json, String field, List<String> path) throws IOException {
        object(json, field, () -> {
            json.writeStringField("value", path.getLast());
            if (path.size() > 1) {
                containerId(json, "parent", path.subList(0, path.size() - 1));
            }
        });
    }

    static void networkInfos(JsonGenerator json, String address) throws IOException {
        array(
                json,
                "network_infos",
                () -> object(
                        json,
                        () -> array(
                                json,
                                "ip_addresses",
                                () -> object(json, () -> {
                                    json.writeStringField("protocol", "IPv4");
                                    json.writeStringField("ip_address", address);
                                }))));
    }

    static void labels(JsonGenerator json, List<TaskSpec.Label> labels) throws IOException {
        array(json, "labels", () -> {
            for (TaskSpec.Label label : labels) {
                object(json, () -> {
                    json.writeStringField("key", label.key());
                    if (!label.value().isEmpty()) {
                        json.writeStringField("value", label.value());
                    }
                });
            }
        });
    }

    static void container(JsonGenerator json, String image) throws IOException {
        object(json, "container", () -> {
            json.writeStringField("type", "MESOS");
            object(
                    json,
                    "mesos",
                    () -> object(json, "image", () -> {
                        json.writeStringField("type", "DOCKER");
                        object(json, "docker", () -> json.writeStringField("name", image));
                    }));
        });
    }
}
