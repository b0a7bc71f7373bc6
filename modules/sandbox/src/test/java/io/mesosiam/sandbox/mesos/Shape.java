package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The shape of JSON documents, from one or more examples: for each path, without array indices, the types of its
 * values, and which fields every object at this path has.
 */
final class Shape {
    private final Map<String, Set<String>> types = new TreeMap<>();
    private final Map<String, Set<String>> always = new HashMap<>();

    Shape of(JsonNode example) {
        add("", example);
        return this;
    }

    Map<String, Set<String>> types() {
        return types;
    }

    /** Paths of fields that every example has whose enclosing object exists. */
    Set<String> always() {
        var paths = new TreeSet<String>();
        always.forEach((path, fields) -> fields.forEach(field -> paths.add(path + "." + field)));
        return paths;
    }

    private void add(String path, JsonNode node) {
        types.computeIfAbsent(path, _ -> new TreeSet<>()).add(type(node));
        if (node.isArray()) {
            node.forEach(element -> add(path + "[]", element));
        } else if (node.isObject()) {
            var fields = new TreeSet<String>();
            node.fieldNames().forEachRemaining(fields::add);
            always.merge(path, fields, (before, now) -> {
                before.retainAll(now);
                return before;
            });
            fields.forEach(field -> add(path + "." + field, node.get(field)));
        }
    }

    private static String type(JsonNode node) {
        return node.isIntegralNumber() ? "integer" : node.getNodeType().name();
    }
}
