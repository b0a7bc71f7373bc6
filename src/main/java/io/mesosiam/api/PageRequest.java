package io.mesosiam.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param limit how many items at most, 1 to 1000
 * @param after the sort key of the last item of the page before
 */
record PageRequest(int limit, Optional<String> after) {
    private static final int MAX = 1000;
    private static final int MAX_CURSOR = 4096;

    /** Reads the two query parameters, naming each one that is wrong. */
    static PageRequest of(String limit, @Nullable String cursor) {
        List<Problem.FieldError> errors = new ArrayList<>();
        int items = number(limit);
        if (items < 1 || items > MAX) {
            errors.add(new Problem.FieldError("limit", "must be a whole number from 1 to " + MAX));
        }
        Optional<String> after = Optional.empty();
        try {
            after = Optional.ofNullable(cursor).map(PageRequest::decode);
        } catch (IllegalArgumentException e) {
            errors.add(new Problem.FieldError("cursor", "is not one that a page's 'next' named"));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new PageRequest(items, after);
    }

    /** {@return the number that it is, or 0} */
    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Cuts the page out of items that are sorted by {@code key}. */
    <T> Cut<T> cut(List<T> sorted, Function<T, String> key) {
        List<T> rest = sorted.stream()
                .filter(item ->
                        after.map(last -> key.apply(item).compareTo(last) > 0).orElse(true))
                .limit(limit + 1L)
                .toList();
        if (rest.size() <= limit) {
            return new Cut<>(rest, null);
        }
        List<T> page = rest.subList(0, limit);
        return new Cut<>(page, encode(key.apply(page.getLast())));
    }

    private static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        if (cursor.length() > MAX_CURSOR) {
            throw new IllegalArgumentException("too long");
        }
        return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    }

    /** One page and the cursor of the next, null on the last. */
    record Cut<T>(List<T> items, @Nullable String next) {}
}
