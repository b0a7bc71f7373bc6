package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/** A column that a list can be filtered and sorted by. */
public interface ListColumn {
    /** The JSON type of a column's values. A large number is a version. */
    enum Type {
        TEXT,
        NUMBER,
        LARGE_NUMBER,
        TRUTH,
        /** A UUID, sorted as the text of it. */
        ID
    }

    /** The name in JSON, which is the entity's attribute, too. */
    String json();

    Type type();

    /** Whether the column can be unset. */
    boolean optional();

    /** Whether a filter or a cursor can have this value: one of the column's type, or null if the column can be unset. */
    default boolean accepts(JsonNode value) {
        return switch (type()) {
            case TEXT -> (optional() && value.isNull()) || (value.isTextual() && JsonText.isStorable(value));
            case NUMBER, LARGE_NUMBER ->
                (optional() && value.isNull()) || (value.isIntegralNumber() && value.canConvertToInt());
            case TRUTH -> value.isBoolean();
            case ID -> (optional() && value.isNull()) || FieldKind.ID.accepts(value);
        };
    }

    /** The expression that rows are ordered by: never null. */
    default String order() {
        return switch (type()) {
            case TEXT -> optional() ? "coalesce(" + json() + ", '')" : json();
            case NUMBER, LARGE_NUMBER -> optional() ? "coalesce(" + json() + ", 0)" : json();
            case ID -> "coalesce(cast(" + json() + " as string), '')";
            case TRUTH -> "case when " + json() + " then 1 else 0 end";
        };
    }

    /** A value of a query's parameter for {@link #order}. */
    default Object ordered(JsonNode value) {
        return switch (type()) {
            case TEXT, ID -> value.isNull() ? "" : value.textValue();
            case NUMBER -> value.intValue();
            case LARGE_NUMBER -> value.longValue();
            case TRUTH -> value.booleanValue() ? 1 : 0;
        };
    }

    /** A value of a query's parameter for a comparison with the column itself. */
    default Object compared(JsonNode value) {
        return switch (type()) {
            case TRUTH -> value.booleanValue();
            case ID -> UUID.fromString(value.textValue());
            case TEXT, NUMBER, LARGE_NUMBER -> ordered(value);
        };
    }
}
