package io.mesosiam.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import io.mesosiam.admin.RowsOfPage;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The items of an answer as JSON texts, which end once they have {@link RowsOfPage#BYTES} together; at least one. Objects are
 * made one at a time: those of a whole answer can take more memory than a controller has.
 *
 * @param more whether there are more
 */
public record JsonItems(List<Object> items, boolean more) {
    public JsonItems {
        items = List.copyOf(items);
    }

    /**
     * Reads no more of the objects than the answer has, and one.
     *
     * @param limit the most items
     */
    public static JsonItems of(Stream<?> objects, int limit, ObjectMapper json) {
        return of(objects, limit, RowsOfPage.BYTES, json);
    }

    /**
     * The same of a part of an answer.
     *
     * @param most the bytes after which the items end
     */
    public static JsonItems of(Stream<?> objects, int limit, int most, ObjectMapper json) {
        List<Object> items = new ArrayList<>();
        long bytes = 0;
        Iterator<?> rest = objects.iterator();
        while (rest.hasNext()) {
            if (items.size() == limit) {
                return new JsonItems(items, true);
            }
            String text = text(rest.next(), json);
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
            if (!items.isEmpty() && bytes > most) {
                return new JsonItems(items, true);
            }
            items.add(new RawValue(text));
        }
        return new JsonItems(items, false);
    }

    private static String text(Object item, ObjectMapper json) {
        try {
            return json.writeValueAsString(item);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
