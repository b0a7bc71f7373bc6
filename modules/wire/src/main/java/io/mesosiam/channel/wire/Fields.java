package io.mesosiam.channel.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The values of one object, by field. */
final class Fields {
    private final Map<String, Object> values = new HashMap<>();

    /** Stores the value unless there is one already; returns whether it was stored. */
    boolean put(String name, Object value) {
        return values.putIfAbsent(name, value) == null;
    }

    /** The value of a required field. */
    <T> T get(Field<T> field) {
        return find(field).orElseThrow(() -> new IllegalArgumentException(field.name() + " is missing"));
    }

    @SuppressWarnings("unchecked") // put under this name is only what this field has read
    <T> Optional<T> find(Field<T> field) {
        return Optional.ofNullable((T) values.get(field.name()));
    }
}
