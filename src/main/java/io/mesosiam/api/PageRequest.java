package io.mesosiam.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requested part of a list. A cursor is the id of the last item of the previous page; callers treat it as opaque.
 *
 * @param limit the largest number of items, 1 to 1000
 * @param after the id of the last item of the previous page
 */
record PageRequest(int limit, Optional<String> after) {
    /** Reads the two query parameters, and reports each invalid one. */
    static PageRequest of(String limit, @Nullable String cursor, Parameters parameters) {
        int items = parameters.number("limit", limit, 1, Parameters.MAX_LIMIT);
        Optional<String> after = Optional.ofNullable(cursor)
                .filter(text -> parameters.require("cursor", isCursor(text), "must be the 'next' of a page"));
        parameters.check();
        return new PageRequest(items, after);
    }

    private static boolean isCursor(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Cuts the page out of items that are sorted by {@code id}. */
    <T> Cut<T> cut(List<T> sorted, Function<T, String> id) {
        List<T> rest = sorted.stream()
                .filter(item ->
                        after.map(last -> id.apply(item).compareTo(last) > 0).orElse(true))
                .limit(limit + 1L)
                .toList();
        if (rest.size() <= limit) {
            return new Cut<>(rest, null);
        }
        List<T> page = rest.subList(0, limit);
        return new Cut<>(page, id.apply(page.getLast()));
    }

    /** One page and the cursor of the next, null on the last. */
    record Cut<T>(List<T> items, @Nullable String next) {}
}
