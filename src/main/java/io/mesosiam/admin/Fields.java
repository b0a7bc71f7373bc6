package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.spelling.UnknownNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a small object that a caller sent: each has the type that its kind of object demands.
 *
 * @param faults every field that is unknown or has the wrong type; such fields are not in {@code values}
 */
public record Fields(Map<String, JsonNode> values, List<Fault> faults) {
    /** Reads the content of a stored object, in which null is a field's default. */
    public static Fields content(JsonNode document, Map<String, FieldKind> known) {
        ObjectNode set = JsonNodeFactory.instance.objectNode();
        document.properties().stream()
                .filter(entry -> !entry.getValue().isNull() || !known.containsKey(entry.getKey()))
                .forEach(entry -> set.set(entry.getKey(), entry.getValue()));
        return read(set, known);
    }

    /** Reads a document; the fields that it may have are known. A field that is null is faulty, not absent. */
    public static Fields read(JsonNode document, Map<String, FieldKind> known) {
        Map<String, JsonNode> values = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        UnknownNames unknown = new UnknownNames(known.keySet());
        document.properties().forEach(entry -> {
            FieldKind kind = known.get(entry.getKey());
            if (kind == null) {
                faults.add(new Fault(JsonText.shortened(entry.getKey()), unknown.message(entry.getKey())));
            } else {
                JsonText.fault(entry.getKey(), kind, entry.getValue())
                        .ifPresentOrElse(faults::add, () -> values.put(entry.getKey(), kind.normal(entry.getValue())));
            }
        });
        return new Fields(Map.copyOf(values), List.copyOf(faults));
    }

    /** The value of a text field; null if it is not set. */
    public @Nullable String text(String name) {
        return Optional.ofNullable(values.get(name)).map(JsonNode::textValue).orElse(null);
    }

    /** A row as the database's check of a whole row reads it; values that are null are left out. */
    public static ObjectNode row(Map<String, Optional<?>> columns) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        columns.forEach((column, value) -> value.ifPresent(set -> {
            if (set instanceof Long number) {
                row.put(column, number);
            } else {
                row.put(column, String.valueOf(set));
            }
        }));
        return row;
    }
}
