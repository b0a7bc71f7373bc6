package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Json;
import io.mesosiam.admin.PolicyColumn;
import io.mesosiam.admin.PolicyQuery;
import io.mesosiam.api.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The parameters of a list: filter, order, page and fields. Each invalid one is reported. */
record ListParameters(
        Map<PolicyColumn, JsonNode> equal,
        PolicyColumn sort,
        boolean descending,
        Optional<PolicyQuery.Position> after,
        int limit,
        List<String> fields) {
    /** A filter is at most as long as a request's target allows. */
    private static final int LONGEST_LIST = 1024;

    static ListParameters of(
            @Nullable String filter,
            String sort,
            @Nullable String fields,
            String limit,
            @Nullable String cursor,
            Parameters parameters) {
        boolean descending = sort.startsWith("-");
        Optional<PolicyColumn> column = PolicyColumn.named(descending ? sort.substring(1) : sort);
        parameters.require(
                "sort",
                column.isPresent(),
                "must be one of " + String.join(", ", PolicyColumn.names())
                        + ", with - before it for a descending order");
        PolicyColumn by = column.orElse(PolicyColumn.NAME);
        return new ListParameters(
                filter(filter, parameters),
                by,
                descending,
                position(cursor, sort, by, parameters),
                parameters.number("limit", limit, 1, Parameters.MAX_LIMIT),
                fields(fields, parameters));
    }

    private static Map<PolicyColumn, JsonNode> filter(@Nullable String text, Parameters parameters) {
        Map<PolicyColumn, JsonNode> equal = new EnumMap<>(PolicyColumn.class);
        if (text == null) {
            return equal;
        }
        Optional<JsonNode> filter = Json.read(text).filter(JsonNode::isObject);
        parameters.require(
                "filter", filter.isPresent(), "must be a JSON object of fields and the values that they must have");
        filter.ifPresent(object -> object.properties().forEach(entry -> {
            Optional<PolicyColumn> column = PolicyColumn.named(entry.getKey())
                    .filter(known -> parameters.require(
                            "filter", known.accepts(entry.getValue()), known.json() + " can't have this value"));
            parameters.require(
                    "filter",
                    PolicyColumn.named(entry.getKey()).isPresent(),
                    "has a field that is none of " + String.join(", ", PolicyColumn.names()));
            column.ifPresent(known -> equal.put(known, entry.getValue()));
        }));
        return equal;
    }

    private static List<String> fields(@Nullable String text, Parameters parameters) {
        if (text == null) {
            return List.of();
        }
        List<String> fields = Arrays.asList(text.split(",", -1));
        parameters.require(
                "fields",
                text.length() <= LONGEST_LIST && fields.stream().allMatch(field -> field.matches("[a-zA-Z]{1,64}")),
                "must be names of fields, with commas between them");
        return fields;
    }

    /** The cursor: the order, the value of the last item, and its id. */
    private static Optional<PolicyQuery.Position> position(
            @Nullable String cursor, String sort, PolicyColumn by, Parameters parameters) {
        if (cursor == null) {
            return Optional.empty();
        }
        Optional<PolicyQuery.Position> position = decoded(cursor)
                .filter(json -> json.path("sort").asText().equals(sort) && by.accepts(json.path("value")))
                .flatMap(json -> policy(json.path("policy").asText())
                        .map(policy -> new PolicyQuery.Position(json.path("value"), policy)));
        parameters.require("cursor", position.isPresent(), "must be the 'next' of a page in the same order");
        return position;
    }

    private static Optional<JsonNode> decoded(String cursor) {
        try {
            return Json.read(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
                    .filter(JsonNode::isObject);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> policy(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The cursor of the page after an item. */
    String cursor(ObjectNode item) {
        JsonNode value = item.has(sort.json())
                ? item.path(sort.json())
                : item.path("content").path(sort.json());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sort", descending ? "-" + sort.json() : sort.json());
        json.set("value", value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value);
        json.put("policy", item.path("policyId").asText());
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The fields of an item that were asked for; all of them without a selection. Fields of the content stay in it. */
    ObjectNode selected(ObjectNode item) {
        if (fields.isEmpty()) {
            return item;
        }
        ObjectNode selected = JsonNodeFactory.instance.objectNode();
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        for (String field : fields) {
            if (item.has(field)) {
                selected.set(field, item.get(field));
            } else if (item.path("content").has(field)) {
                content.set(field, item.path("content").get(field));
            }
        }
        if (!content.isEmpty() && !selected.has("content")) {
            selected.set("content", content);
        }
        return selected;
    }
}
