package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which stored policies a list has, and in which order.
 *
 * @param namespace whose policies
 * @param below whether those of the namespaces below it are listed too
 * @param equal the values that columns must have; null for an unset column
 * @param sort the column to sort by; policies with equal values are ordered by id
 * @param after the last item of the previous page
 */
public record PolicyQuery(
        String namespace,
        boolean below,
        Map<PolicyColumn, JsonNode> equal,
        PolicyColumn sort,
        boolean descending,
        Optional<Position> after,
        int limit) {
    public PolicyQuery {
        equal = equal.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(equal));
    }

    /** A place in the order: the value of the column that is sorted by, and the policy's id. */
    public record Position(JsonNode value, UUID policy) {}

    /** The query in Hibernate's language. Only names of columns, which are ours, are part of its text. */
    String text() {
        StringBuilder text = new StringBuilder("from PolicyEntity where (namespace = :namespace");
        text.append(below ? " or namespace like :below)" : ")");
        equal.forEach((column, value) -> text.append(" and ")
                .append(column.json())
                .append(value.isNull() ? " is null" : " = :" + column.json()));
        String order = sort.order();
        String beyond = descending ? " < " : " > ";
        if (after.isPresent()) {
            text.append(" and (").append(order).append(beyond).append(":after or (");
            text.append(order).append(" = :after and id > :policy))");
        }
        return text.append(" order by ")
                .append(order)
                .append(descending ? " desc, id" : ", id")
                .toString();
    }

    /** The names of namespaces have no character that a pattern treats in a special way. */
    String belowPattern() {
        return namespace.equals("/") ? "/%" : namespace + "/%";
    }
}
