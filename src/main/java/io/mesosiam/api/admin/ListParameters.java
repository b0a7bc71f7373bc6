package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Json;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.api.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list: filter, order, page and fields. Each invalid one is reported.
 *
 * @param fields the fields that are shown; empty for all
 */
public record ListParameters<C extends ListColumn>(ListQuery<C> query, Kind<C> kind, List<String> fields) {
    /** A filter is at most as long as a request's target allows. */
    private static final int LONGEST_LIST = 1024;

    /**
     * A kind of object that is listed.
     *
     * @param columns the columns that a list can be filtered and sorted by
     * @param first the column of an invalid order
     * @param id the field of an item that has the object's id
     */
    public record Kind<C extends ListColumn>(List<C> columns, C first, String id) {
        public Kind {
            columns = List.copyOf(columns);
        }

        private Optional<C> named(String json) {
            return columns.stream().filter(column -> column.json().equals(json)).findFirst();
        }

        private String names() {
            return columns.stream().map(ListColumn::json).collect(Collectors.joining(", "));
        }
    }

    /** Reads the parameters of a request. */
    public static <C extends ListColumn> ListParameters<C> of(
            Kind<C> kind,
            @Nullable String filter,
            String sort,
            @Nullable String fields,
            String limit,
            @Nullable String cursor,
            Parameters parameters) {
        boolean descending = sort.startsWith("-");
        Optional<C> column = kind.named(descending ? sort.substring(1) : sort);
        parameters.require(
                "sort",
                column.isPresent(),
                "must be one of " + kind.names() + ", with - before it for a descending order");
        C by = column.orElse(kind.first());
        return new ListParameters<>(
                new ListQuery<>(
                        filter(kind, filter, parameters),
                        by,
                        descending,
                        position(cursor, sort, by, parameters),
                        parameters.number("limit", limit, 1, Parameters.MAX_LIMIT)),
                kind,
                fields(fields, parameters));
    }

    private static <C extends ListColumn> Map<C, JsonNode> filter(
            Kind<C> kind, @Nullable String text, Parameters parameters) {
        Map<C, JsonNode> equal = new HashMap<>();
        if (text == null) {
            return equal;
        }
        Optional<JsonNode> filter = Json.read(text).filter(JsonNode::isObject);
        parameters.require(
                "filter", filter.isPresent(), "must be a JSON object of fields and the values that they must have");
        filter.ifPresent(object -> object.properties().forEach(entry -> {
            Optional<C> named = kind.named(entry.getKey());
            parameters.require("filter", named.isPresent(), "has a field that is none of " + kind.names());
            named.filter(known -> parameters.require(
                            "filter", known.accepts(entry.getValue()), known.json() + " can't have this value"))
                    .ifPresent(known -> equal.put(known, entry.getValue()));
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
    private static Optional<ListQuery.Position> position(
            @Nullable String cursor, String sort, ListColumn by, Parameters parameters) {
        if (cursor == null) {
            return Optional.empty();
        }
        Optional<ListQuery.Position> position = decoded(cursor)
                .filter(json -> json.path("sort").asText().equals(sort) && by.accepts(json.path("value")))
                .flatMap(
                        json -> id(json.path("id").asText()).map(id -> new ListQuery.Position(json.path("value"), id)));
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

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * A page of what was found.
     *
     * @param next the cursor of the next page; null if there is none
     */
    public record Page(List<JsonNode> items, @Nullable String next) {}

    /**
     * The page of what was found.
     *
     * @param found what {@link ListQuery#andOneMore} has found, with all fields
     */
    public Page page(List<ObjectNode> found) {
        List<ObjectNode> items = found.stream().limit(query.limit()).toList();
        return new Page(
                items.stream().<JsonNode>map(this::selected).toList(),
                found.size() > query.limit() ? cursor(items.getLast()) : null);
    }

    /** The cursor of the page after an item. */
    private String cursor(ObjectNode item) {
        ListColumn sort = query.sort();
        JsonNode value = item.has(sort.json())
                ? item.path(sort.json())
                : item.path("content").path(sort.json());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sort", query.descending() ? "-" + sort.json() : sort.json());
        json.set("value", value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value);
        json.put("id", item.path(kind.id()).asText());
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The fields of an item that were asked for; all of them without a selection. Fields of the content stay in it. */
    private ObjectNode selected(ObjectNode item) {
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
