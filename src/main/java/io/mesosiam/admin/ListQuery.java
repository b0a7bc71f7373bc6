package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.hibernate.reactive.mutiny.Mutiny.SelectionQuery;

/**
 * The part of a list's query that is the same for every kind of object: filter, order and page. Objects have an attribute
 * {@code id}.
 *
 * @param equal the values that columns must have; null for an unset column
 * @param sort the column to sort by; objects with equal values are ordered by id
 * @param after the last item of the previous page
 */
public record ListQuery(
        Map<ListColumn, JsonNode> equal, ListColumn sort, boolean descending, Optional<Position> after, int limit) {
    public ListQuery {
        equal = Map.copyOf(equal);
    }

    /** A place in the order: the value of the column that is sorted by, and the object's id: the text of a UUID for objects in the database. */
    public record Position(JsonNode value, String id) {}

    /** The same query for one item more, which says whether there is another page. */
    public ListQuery andOneMore() {
        return new ListQuery(equal, sort, descending, after, limit + 1);
    }

    /**
     * What follows the first condition of a query in Hibernate's language. Only names of columns, which are ours, are part
     * of its text.
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        equal.forEach((column, value) -> text.append(" and ")
                .append(
                        value.isNull()
                                ? column.attribute() + " is null"
                                : column.comparison() + " = :" + column.json()));
        String order = sort.order();
        String beyond = descending ? " < " : " > ";
        if (after.isPresent()) {
            text.append(" and (").append(order).append(beyond).append(":after or (");
            text.append(order).append(" = :after and id > :id))");
        }
        return text.append(" order by ")
                .append(order)
                .append(descending ? " desc, id" : ", id")
                .toString();
    }

    /**
     * Reads a page.
     *
     * @param type an entity
     * @param text the query in Hibernate's language, which ends with {@link #text}
     * @param more sets the parameters of its beginning
     */
    public <R> Uni<Found<R>> read(
            AdminSessions sessions, Class<R> type, String text, UnaryOperator<SelectionQuery<?>> more) {
        var rows = new RowsOfPage<>(type, text, query -> bind(more.apply(query)));
        return sessions.reading(session -> rows.read(session, limit));
    }

    private SelectionQuery<?> bind(SelectionQuery<?> query) {
        equal.forEach((column, value) -> {
            if (!value.isNull()) {
                query.setParameter(column.json(), column.compared(value));
            }
        });
        after.ifPresent(position -> query.setParameter("after", sort.ordered(position.value()))
                .setParameter("id", UUID.fromString(position.id())));
        return query;
    }
}
