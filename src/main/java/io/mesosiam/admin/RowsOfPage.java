package io.mesosiam.admin;

import io.smallrye.mutiny.Uni;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.SelectionQuery;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * Reads the rows of a page. It first requests their sizes and then no more rows than have {@link #BYTES} together, but at
 * least one: the largest policy has 200 KiB, and a page of 1,000 would take more memory than a controller has.
 *
 * @param type an entity
 * @param parameters sets the parameters of the query
 */
public record RowsOfPage<R>(Class<R> type, String query, UnaryOperator<SelectionQuery<?>> parameters) {
    /** The texts of the rows that a page has. */
    public static final int BYTES = 1 << 20;

    /** Numbers, times and names of columns. */
    private static final int OTHERS = 512;

    /**
     * Reads the first rows of the query, in its order.
     *
     * @param limit the most rows; there is at least one more row if the result has more
     */
    public Uni<Found<R>> read(StatelessSession session, int limit) {
        return query(session, "select " + size(type) + " " + query, Integer.class)
                .setMaxResults(limit + 1)
                .getResultList()
                .chain(sizes -> rows(session, sizes, fitting(sizes, limit)));
    }

    private Uni<Found<R>> rows(StatelessSession session, List<Integer> sizes, int fitting) {
        return query(session, query, type)
                .setMaxResults(Math.max(1, fitting))
                .getResultList()
                .map(rows -> new Found<>(rows, sizes.size() > fitting));
    }

    private <T> SelectionQuery<T> query(StatelessSession session, String text, Class<T> result) {
        SelectionQuery<T> made = session.createSelectionQuery(text, result);
        SelectionQuery<?> _ = parameters.apply(made);
        return made;
    }

    /** How many rows of these sizes a page has. */
    public static int fitting(List<Integer> sizes, int limit) {
        long bytes = 0;
        int rows = 0;
        while (rows < Math.min(limit, sizes.size()) && (rows == 0 || bytes + sizes.get(rows) <= BYTES)) {
            bytes += sizes.get(rows);
            rows++;
        }
        return rows;
    }

    /** The size of a row in bytes, as an expression: of all attributes that are texts or lists of texts. */
    private static String size(Class<?> entity) {
        return Arrays.stream(entity.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .flatMap(RowsOfPage::text)
                .map(text -> "coalesce(octet_length(" + text + "), 0)")
                .collect(Collectors.joining(" + ", OTHERS + " + ", ""));
    }

    private static Stream<String> text(Field attribute) {
        if (attribute.getType() == String.class) {
            return Stream.of(attribute.getName());
        }
        return attribute.getType() == String[].class
                ? Stream.of("array_to_string(" + attribute.getName() + ", ',')")
                : Stream.of();
    }
}
