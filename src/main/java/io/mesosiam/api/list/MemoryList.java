package io.mesosiam.api.list;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.api.JsonItems;
import io.mesosiam.lease.LeaseId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * A list of objects that this controller has in memory, with the parameters that lists of stored objects have. One pass over
 * the objects selects a page, so a list of many pages is not sorted as a whole for each of them.
 */
public final class MemoryList<T> {
    private final Ids<T, ?> ids;
    private final Map<ListColumn, Column<T>> columns;
    private final ListParameters.Kind kind;

    /**
     * A column.
     *
     * @param value the object's value: a text, {@link Long}, {@link Boolean}, {@link UUID} or {@link java.time.Instant}
     */
    public record Column<T>(ListColumn column, Function<T, Optional<? extends Comparable<?>>> value) {
        /** A column that is always set. */
        public static <T> Column<T> of(String json, ListColumn.Type type, Function<T, ? extends Comparable<?>> value) {
            return new Column<>(ListColumn.of(json, type), object -> Optional.of(value.apply(object)));
        }

        /** A column that can be unset. */
        public static <T> Column<T> optional(
                String json, ListColumn.Type type, Function<T, Optional<? extends Comparable<?>>> value) {
            return new Column<>(ListColumn.optional(json, type), value);
        }

        /** Unset values are first. */
        private int compare(Optional<? extends Comparable<?>> one, Optional<? extends Comparable<?>> other) {
            if (one.isEmpty() || other.isEmpty()) {
                return Boolean.compare(one.isPresent(), other.isPresent());
            }
            return compare(one.get(), other.get());
        }

        /** The type of a column says of which type both values are. */
        @SuppressWarnings("unchecked")
        private int compare(Comparable<?> one, Comparable<?> other) {
            return column.type() == ListColumn.Type.ID
                    ? LeaseId.AS_TEXT.compare((UUID) one, (UUID) other)
                    : ((Comparable<Object>) one).compareTo(other);
        }
    }

    /**
     * The ids of objects: the column of that name, the order among objects with equal values of another column, and the last
     * item of a page in its cursor.
     *
     * @param of the id of an object
     * @param order the order of ids
     * @param parsed the id with this text; empty for a text of no id
     */
    public record Ids<T, I>(
            Column<T> column, Function<T, I> of, Comparator<I> order, Function<String, Optional<I>> parsed) {
        /** Ids that are UUIDs. */
        static <T> Ids<T, UUID> uuids(String json, Function<T, UUID> of) {
            return new Ids<>(Column.of(json, ListColumn.Type.ID, of), of, LeaseId.AS_TEXT, ListParameters::uuid);
        }

        private Comparator<T> objects() {
            return Comparator.comparing(of, order);
        }

        /** How an object's id compares with this one. */
        private ToIntFunction<T> to(String id) {
            I other = parsed.apply(id).orElseThrow();
            return object -> order.compare(of.apply(object), other);
        }

        private boolean isId(String text) {
            return parsed.apply(text).isPresent();
        }
    }

    /**
     * @param id the name of the column of ids
     * @param ids the id of an object
     * @param more the other columns
     * @param view the record that shows an object
     */
    public MemoryList(String id, Function<T, UUID> ids, List<Column<T>> more, Class<? extends Record> view) {
        this(Ids.uuids(id, ids), more, view);
    }

    /**
     * @param more the other columns
     * @param view the record that shows an object
     */
    public MemoryList(Ids<T, ?> ids, List<Column<T>> more, Class<? extends Record> view) {
        this.ids = ids;
        this.columns = new LinkedHashMap<>();
        ListColumn id = ids.column().column();
        columns.put(id, ids.column());
        more.forEach(column -> columns.put(column.column(), column));
        this.kind = ListParameters.Kind.of(List.copyOf(columns.keySet()), id, id.json(), view)
                .identified(ids::isId);
    }

    private MemoryList(Ids<T, ?> ids, Map<ListColumn, Column<T>> columns, ListParameters.Kind kind) {
        this.ids = ids;
        this.columns = columns;
        this.kind = kind;
    }

    /** For {@link ListRequest#of}. */
    public ListParameters.Kind kind() {
        return kind;
    }

    /** The same with a field of items whose own fields can be named, too. */
    MemoryList<T> with(String field, Class<? extends Record> view) {
        return new MemoryList<>(ids, columns, kind.with(field, ListParameters.Kind.names(view)));
    }

    /** Whether a request has the order of ids, upwards. */
    public boolean isById(ListParameters list) {
        return isById(list.query()) && !list.query().descending();
    }

    private boolean isById(ListQuery query) {
        return query.sort().equals(ids.column().column());
    }

    /**
     * The page of these objects, in any order. It ends early as {@link JsonItems} do: a page of 1,000 of the largest policies
     * would take more memory than a controller has.
     *
     * @param shown an object as the API shows it
     */
    public ListParameters.Page<Object> page(
            ListParameters list, Stream<T> objects, Function<T, ? extends Record> shown, ObjectMapper json) {
        Function<T, Object> item = list.fields().isEmpty()
                ? shown::apply
                : object -> list.selected(json.<ObjectNode>valueToTree(shown.apply(object)));
        List<T> selected = first(list, objects);
        JsonItems page = JsonItems.of(selected.stream().map(item), list.query().limit(), json);
        return new ListParameters.Page<>(
                page.items(),
                page.more() ? cursor(list, selected.get(page.items().size() - 1)) : null);
    }

    /** The objects that a page is made of, and one more: of objects that come in parts, {@link #page} needs no others. */
    public List<T> first(ListParameters list, Stream<T> objects) {
        return select(list.query().andOneMore(), objects);
    }

    private String cursor(ListParameters list, T last) {
        Column<T> sort = column(list.query().sort());
        return list.cursor(
                ListColumn.json(sort.value().apply(last)),
                ListColumn.json(ids.column().value().apply(last)).asText());
    }

    /** The objects that a query is for, in its order. */
    List<T> select(ListQuery query, Stream<T> objects) {
        Comparator<T> order = order(query);
        PriorityQueue<T> selected = new PriorityQueue<>(order.reversed());
        objects.filter(filter(query)).filter(after(query)).forEach(object -> {
            if (selected.size() < query.limit()) {
                selected.add(object);
            } else if (order.compare(object, selected.element()) < 0) {
                selected.remove();
                selected.add(object);
            }
        });
        return selected.stream().sorted(order).toList();
    }

    private Comparator<T> order(ListQuery query) {
        Comparator<T> byId = ids.objects();
        if (isById(query)) {
            return query.descending() ? byId.reversed() : byId;
        }
        Column<T> sort = column(query.sort());
        Comparator<T> byValue = (one, other) ->
                sort.compare(sort.value().apply(one), sort.value().apply(other));
        return (query.descending() ? byValue.reversed() : byValue).thenComparing(byId);
    }

    private Predicate<T> after(ListQuery query) {
        if (query.after().isEmpty()) {
            return _ -> true;
        }
        ListQuery.Position last = query.after().get();
        ToIntFunction<T> byId = ids.to(last.id());
        if (isById(query)) {
            return object -> query.descending() ? byId.applyAsInt(object) < 0 : byId.applyAsInt(object) > 0;
        }
        Column<T> sort = column(query.sort());
        Optional<Comparable<?>> value = query.sort().value(last.value());
        return object -> {
            int compared = sort.compare(sort.value().apply(object), value);
            return compared == 0 ? byId.applyAsInt(object) > 0 : query.descending() == compared < 0;
        };
    }

    /** Whether an object has the values that the request wants. */
    public Predicate<T> filter(ListQuery query) {
        Predicate<T> all = _ -> true;
        for (var entry : query.equal().entrySet()) {
            Column<T> column = column(entry.getKey());
            Optional<Comparable<?>> value = entry.getKey().value(entry.getValue());
            all = all.and(object -> column.value().apply(object).equals(value));
        }
        return all;
    }

    /** The value of an object's column. */
    Optional<Comparable<?>> value(ListColumn column, T object) {
        return column(column).value().apply(object).map(known -> known);
    }

    private Column<T> column(ListColumn column) {
        return Optional.ofNullable(columns.get(column)).orElseThrow();
    }
}
