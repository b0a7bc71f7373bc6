package io.mesosiam.admin.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Refused.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller writes of an attribute trust.
 *
 * @param faults the fields that are missing, unknown or have the wrong type; the database's constraints find the others
 */
public record TrustContent(Fields fields, List<Fault> faults) {
    private static final Map<String, FieldKind> FIELDS = Map.of(
            "frameworkPrincipal", FieldKind.TEXT,
            "attribute", FieldKind.TEXT,
            "key", FieldKind.TEXT,
            "description", FieldKind.TEXT);

    private static final List<String> REQUIRED = List.of("frameworkPrincipal", "attribute");

    /** Reads the whole content. */
    public static TrustContent read(JsonNode document) {
        Fields fields = Fields.content(document, FIELDS);
        List<Fault> faults = new ArrayList<>(fields.faults());
        REQUIRED.forEach(field -> {
            if (!fields.values().containsKey(field)
                    && faults.stream().noneMatch(fault -> fault.field().equals(field))) {
                faults.add(new Fault(field, "is required"));
            }
        });
        return new TrustContent(fields, List.copyOf(faults));
    }

    /** Reads the content of a row with a merge patch applied (RFC 7396); every field is a text. */
    static TrustContent patched(AttributeTrustEntity row, JsonNode patch) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        put(document, "frameworkPrincipal", row.frameworkPrincipal);
        put(document, "attribute", row.attribute);
        put(document, "key", row.key);
        put(document, "description", row.description);
        patch.properties().forEach(entry -> document.set(entry.getKey(), entry.getValue()));
        return read(document);
    }

    private static void put(ObjectNode document, String field, @Nullable String text) {
        if (text != null) {
            document.put(field, text);
        }
    }

    void write(AttributeTrustEntity row) {
        row.frameworkPrincipal = fields.text("frameworkPrincipal");
        row.attribute = fields.text("attribute");
        row.key = fields.text("key");
        row.description = fields.text("description");
    }

    boolean isOf(AttributeTrustEntity row) {
        return Objects.equals(row.frameworkPrincipal, fields.text("frameworkPrincipal"))
                && Objects.equals(row.attribute, fields.text("attribute"))
                && Objects.equals(row.key, fields.text("key"))
                && Objects.equals(row.description, fields.text("description"));
    }

    /** The row as the database's check of a whole row reads it. */
    String columns() {
        return Fields.row(Map.of(
                        "framework_principal", Optional.ofNullable(fields.text("frameworkPrincipal")),
                        "attribute", Optional.ofNullable(fields.text("attribute")),
                        "key", Optional.ofNullable(fields.text("key")),
                        "description", Optional.ofNullable(fields.text("description"))))
                .toString();
    }
}
