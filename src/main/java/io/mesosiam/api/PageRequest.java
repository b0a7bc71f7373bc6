package io.mesosiam.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requested part of a list. A cursor is the id of the last item of the previous page; callers treat it as opaque.
 *
 * @param limit the largest number of items, 1 to 1000
 * @param after the id of the last item of the previous page
 */
record PageRequest(int limit, Optional<String> after) {
    /** The order of ids as texts: {@link UUID#compareTo} compares signed numbers. */
    private static final Comparator<UUID> AS_TEXT = (one, other) -> {
        int first = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return first != 0
                ? first
                : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

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

    /**
     * Selects the items that {@link #cut} needs, sorted by {@code id}, in one pass over items in any order: a list of many
     * pages is not sorted as a whole for each of them.
     */
    <T> List<T> select(Stream<T> items, Function<T, UUID> id) {
        Comparator<T> order = Comparator.comparing(id, AS_TEXT);
        Optional<UUID> last = after.map(UUID::fromString);
        PriorityQueue<T> selected = new PriorityQueue<>(order.reversed());
        items.filter(item -> last.isEmpty() || AS_TEXT.compare(id.apply(item), last.get()) > 0)
                .forEach(item -> {
                    if (selected.size() <= limit) {
                        selected.add(item);
                    } else if (order.compare(item, selected.element()) < 0) {
                        selected.remove();
                        selected.add(item);
                    }
                });
        return selected.stream().sorted(order).toList();
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
