package io.mesosiam.api.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.Json;
import io.mesosiam.admin.JsonText;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.spelling.UnknownNames;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list: filter, order, page and fields. Each invalid one is reported.
 *
 * @param fields the fields that are shown; empty for all
 */
public record ListParameters(ListQuery query, Kind kind, List<String> fields) {
    private static final String STANDARD_LIMIT = "100";

    /**
     * A kind of object that is listed.
     *
     * @param columns the columns that a list can be filtered and sorted by
     * @param first the column that a list is sorted by unless the request says otherwise
     * @param id the field of an item that has the object's id
     * @param inner the field of an item whose own fields can be named as if they were the item's; empty for none
     * @param fields the fields that can be selected
     * @param words the values that a field can have, of fields with a fixed list of them
     * @param isId whether a text is an id
     */
    public record Kind(
            List<ListColumn> columns,
            ListColumn first,
            String id,
            String inner,
            Set<String> fields,
            Map<String, List<String>> words,
            Predicate<String> isId) {
        public Kind {
            columns = List.copyOf(columns);
            words = Map.copyOf(words);
            fields = Collections.unmodifiableSet(new TreeSet<>(fields));
        }

        /** A kind whose items are shown by a record. */
        public static Kind of(List<ListColumn> columns, ListColumn first, String id, Class<? extends Record> view) {
            return new Kind(columns, first, id, "", names(view), words(view), text -> uuid(text)
                    .isPresent());
        }

        /** The same with ids of another form. */
        Kind identified(Predicate<String> form) {
            return new Kind(columns, first, id, inner, fields, words, form);
        }

        /**
         * The same with a field whose own fields can be named, too.
         *
         * @param names the names of these
         */
        public Kind with(String field, Set<String> names) {
            Set<String> all = new TreeSet<>(fields);
            all.addAll(names);
            return new Kind(columns, first, id, field, all, words, isId);
        }

        /** The names of the fields of a record, in order, as openapi.yaml lists them. */
        public static Set<String> names(Class<? extends Record> view) {
            return Arrays.stream(view.getRecordComponents())
                    .map(RecordComponent::getName)
                    .collect(Collectors.collectingAndThen(
                            Collectors.toCollection(TreeSet::new), Collections::unmodifiableSet));
        }

        /** What the schemas of a record's fields enumerate. */
        private static Map<String, List<String>> words(Class<? extends Record> view) {
            Map<String, List<String>> words = new HashMap<>();
            for (RecordComponent field : view.getRecordComponents()) {
                Schema schema = field.getAccessor().getAnnotation(Schema.class);
                if (schema != null && schema.enumeration().length > 0) {
                    words.put(field.getName(), List.of(schema.enumeration()));
                }
            }
            return words;
        }

        /** Whether a field can have a value of its column's type. */
        private boolean hasValue(ListColumn column, JsonNode value) {
            return value.isNull()
                    || words(column)
                            .map(words -> words.contains(value.asText()))
                            .orElse(true);
        }

        private Optional<List<String>> words(ListColumn column) {
            return Optional.ofNullable(words.get(column.json()));
        }

        private Optional<ListColumn> named(String json) {
            return columns.stream().filter(column -> column.json().equals(json)).findFirst();
        }

        private List<String> names() {
            return columns.stream().map(ListColumn::json).toList();
        }
    }

    /** Reads the parameters of a request. */
    static ListParameters of(
            Kind kind,
            @Nullable String filter,
            @Nullable String sort,
            @Nullable String fields,
            @Nullable String limit,
            @Nullable String cursor,
            Parameters parameters) {
        String order = Optional.ofNullable(sort).orElse(kind.first().json());
        boolean descending = order.startsWith("-");
        String name = descending ? order.substring(1) : order;
        Optional<ListColumn> column = kind.named(name);
        if (column.isEmpty()) {
            parameters.require("sort", false, unknown(name, kind.names()));
        }
        ListColumn by = column.orElse(kind.first());
        ListParameters list = new ListParameters(
                new ListQuery(
                        filter(kind, filter, parameters),
                        by,
                        descending,
                        position(kind, cursor, order, by, parameters),
                        parameters.number(
                                "limit", Optional.ofNullable(limit).orElse(STANDARD_LIMIT), 1, Parameters.MAX_LIMIT)),
                kind,
                fields(kind.fields(), fields, parameters));
        if (parameters.isClean() && cursor != null && list.query().after().isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND, "there is no such page: a cursor is the 'next' of a page in the same order");
        }
        return list;
    }

    private static Map<ListColumn, JsonNode> filter(Kind kind, @Nullable String text, Parameters parameters) {
        Map<ListColumn, JsonNode> equal = new HashMap<>();
        if (text == null) {
            return equal;
        }
        Optional<JsonNode> filter = object(text, parameters);
        filter.ifPresent(object -> object.properties().forEach(entry -> {
            Optional<ListColumn> named = kind.named(entry.getKey());
            if (named.isEmpty()) {
                parameters.require("filter", false, unknown(entry.getKey(), kind.names()));
            }
            named.filter(known -> parameters.require(
                            "filter", known.accepts(entry.getValue()), "'" + known.json() + "' " + known.demand()))
                    .filter(known -> parameters.require(
                            "filter",
                            kind.hasValue(known, entry.getValue()),
                            "'" + known.json() + "' must be one of "
                                    + String.join(", ", kind.words(known).orElse(List.of()))))
                    .ifPresent(known -> equal.put(known, entry.getValue()));
        }));
        return equal;
    }

    private static Optional<JsonNode> object(String text, Parameters parameters) {
        String why = "it is another JSON value";
        try {
            JsonNode value = Json.parse(text);
            if (value.isObject()) {
                return Optional.of(value);
            }
        } catch (Json.Malformed e) {
            why = String.valueOf(e.getMessage());
        }
        parameters.require(
                "filter", false, "must be a JSON object of fields and the values that they must have: " + why);
        return Optional.empty();
    }

    /**
     * Reads the fields that a list shows.
     *
     * @param known those that it can show
     * @return empty for all
     */
    public static List<String> fields(Set<String> known, @Nullable String text, Parameters parameters) {
        if (text == null) {
            return List.of();
        }
        List<String> fields = Arrays.asList(text.split(",", -1));
        if (parameters.require(
                "fields",
                text.length() <= ListRequest.LONGEST_FIELDS,
                "must have at most " + ListRequest.LONGEST_FIELDS + " characters")) {
            UnknownNames unknown = new UnknownNames(known);
            fields.stream()
                    .filter(field -> !known.contains(field))
                    .forEach(field -> parameters.require("fields", false, named(field, unknown.message(field))));
        }
        return fields;
    }

    private static String unknown(String name, Collection<String> known) {
        return named(name, new UnknownNames(known).message(name));
    }

    /** A message about an element of a parameter. */
    private static String named(String element, String message) {
        return "'" + JsonText.shortened(element) + "' " + message;
    }

    /** The cursor: the order, the value of the last item, and its id. Empty if it belongs to no page in this order. */
    private static Optional<ListQuery.Position> position(
            Kind kind, @Nullable String cursor, String sort, ListColumn by, Parameters parameters) {
        if (cursor == null) {
            return Optional.empty();
        }
        if (!parameters.require("cursor", cursor.matches(ListRequest.CURSOR), "must be the 'next' of a page")) {
            return Optional.empty();
        }
        return decoded(cursor)
                .filter(json -> json.path("sort").asText().equals(sort) && by.accepts(json.path("value")))
                .filter(json -> kind.isId().test(json.path("id").asText()))
                .map(json -> new ListQuery.Position(
                        json.path("value"), json.path("id").asText()));
    }

    private static Optional<JsonNode> decoded(String cursor) {
        try {
            return Json.read(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
                    .filter(JsonNode::isObject);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<UUID> uuid(String text) {
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
    public record Page<T>(List<T> items, @Nullable String next) {
        <R> Page<R> map(Function<T, R> shown) {
            return new Page<>(items.stream().map(shown).toList(), next);
        }
    }

    /**
     * The page of what was found.
     *
     * @param found with all fields
     */
    public Page<JsonNode> page(Found<ObjectNode> found) {
        return page(found, this::cursor).map(this::selected);
    }

    static <T> Page<T> page(Found<T> found, Function<T, String> cursor) {
        boolean last = !found.more() || found.objects().isEmpty();
        return new Page<>(
                found.objects(), last ? null : cursor.apply(found.objects().getLast()));
    }

    /** The cursor of the page after an item. */
    private String cursor(ObjectNode item) {
        String sort = query.sort().json();
        JsonNode value =
                item.has(sort) ? item.path(sort) : item.path(kind.inner()).path(sort);
        JsonNode id = item.has(kind.id())
                ? item.path(kind.id())
                : item.path(kind.inner()).path(kind.id());
        return cursor(value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value, id.asText());
    }

    /**
     * The cursor of the page after an item.
     *
     * @param value the item's value of the column that is sorted by
     */
    String cursor(JsonNode value, String id) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sort", (query.descending() ? "-" : "") + query.sort().json());
        json.set("value", value);
        json.put("id", id);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The fields of an item that the request names; all of them without a selection. Inner fields stay in their field. */
    JsonNode selected(ObjectNode item) {
        if (fields.isEmpty()) {
            return item;
        }
        ObjectNode selected = JsonNodeFactory.instance.objectNode();
        ObjectNode inner = JsonNodeFactory.instance.objectNode();
        JsonNode all = item.path(kind.inner());
        for (String field : fields) {
            if (item.has(field)) {
                selected.set(field, item.get(field));
            } else if (all.has(field)) {
                inner.set(field, all.get(field));
            }
        }
        if (!inner.isEmpty() && !selected.has(kind.inner())) {
            selected.set(kind.inner(), inner);
        }
        return selected;
    }
}
