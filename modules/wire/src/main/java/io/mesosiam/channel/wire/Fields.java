package io.mesosiam.channel.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The values of one object, each under the field that it was read as. */
final class Fields {
    private final Map<String, Object> values = new HashMap<>();

    /** Keeps the value, unless there is one already: whether there was none. */
    boolean put(String name, Object value) {
        return values.putIfAbsent(name, value) == null;
    }

    /** The value of a field that has to be there. */
    <T> T get(Field<T> field) {
        return find(field).orElseThrow(() -> new IllegalArgumentException(field.name() + " is missing"));
    }

    @SuppressWarnings("unchecked") // put under this name is only what this field has read
    <T> Optional<T> find(Field<T> field) {
        return Optional.ofNullable((T) values.get(field.name()));
    }
}
