package io.mesosiam.admin;

import java.util.List;
import java.util.function.Function;

/**
 * What a list's query has found for a page.
 *
 * @param more whether further objects follow these in the list's order
 */
public record Found<T>(List<T> objects, boolean more) {
    public Found {
        objects = List.copyOf(objects);
    }

    /** Only the first of them. */
    public Found<T> first(int most) {
        return most < objects.size() ? new Found<>(objects.subList(0, most), true) : this;
    }

    public <R> Found<R> map(Function<T, R> other) {
        return new Found<>(objects.stream().map(other).toList(), more);
    }
}
