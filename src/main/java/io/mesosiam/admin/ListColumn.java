package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/**
 * A column that a list can be filtered and sorted by.
 *
 * @param json the name in JSON
 * @param attribute the entity's attribute, for objects in the database
 * @param optional whether the column can be unset
 */
public record ListColumn(String json, String attribute, Type type, boolean optional) {
    private static final String NO_TIME = "offset datetime 1970-01-01 00:00:00+00:00";
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** The type of a column's values. */
    public enum Type {
        TEXT,
        NUMBER,
        TRUTH,
        /** A UUID, sorted as the text of it. */
        ID,
        /** A text such as {@code 2026-01-02T03:04:05Z}, sorted as a time. */
        TIME
    }

    public static ListColumn of(String json, Type type) {
        return new ListColumn(json, json, type, false);
    }

    /** A column that can be unset. */
    public static ListColumn optional(String json, Type type) {
        return new ListColumn(json, json, type, true);
    }

    /** The same with another name in JSON. */
    public ListColumn as(String shown) {
        return new ListColumn(shown, attribute, type, optional);
    }

    /** Whether a filter or a cursor can have this value: one of the column's type, or null if the column can be unset. */
    public boolean accepts(JsonNode value) {
        return value.isNull()
                ? optional
                : switch (type) {
                    case TEXT -> value.isTextual() && JsonText.isStorable(value);
                    case NUMBER -> value.isIntegralNumber() && value.canConvertToLong();
                    case TRUTH -> value.isBoolean();
                    case ID -> FieldKind.ID.accepts(value);
                    case TIME -> value.isTextual() && time(value.textValue()).isPresent();
                };
    }

    /** What {@link #accepts} demands of a value. */
    public String demand() {
        String wanted =
                switch (type) {
                    case TEXT -> "must be a text";
                    case NUMBER -> "must be a whole number";
                    case TRUTH -> "must be true or false";
                    case ID -> FieldKind.ID.demand();
                    case TIME -> "must be a time such as 2026-01-02T03:04:05Z";
                };
        return optional ? wanted + ", or null" : wanted;
    }

    /** A value that {@link #accepts} has accepted: a text, {@link Long}, {@link Boolean}, {@link UUID} or {@link Instant}. */
    public Optional<Comparable<?>> value(JsonNode value) {
        return value.isNull()
                ? Optional.empty()
                : Optional.of(
                        switch (type) {
                            case TEXT -> value.textValue();
                            case NUMBER -> value.longValue();
                            case TRUTH -> value.booleanValue();
                            case ID -> UUID.fromString(value.textValue());
                            case TIME -> time(value.textValue()).orElseThrow();
                        });
    }

    /** The opposite of {@link #value}. */
    public static JsonNode json(Optional<? extends Object> value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return value.<JsonNode>map(known -> switch (known) {
                    case Long number -> json.numberNode(number);
                    case Boolean truth -> json.booleanNode(truth);
                    default -> json.textNode(known.toString());
                })
                .orElse(json.nullNode());
    }

    /** The expression in Hibernate's language that rows are ordered by: never null. */
    String order() {
        return switch (type) {
            case TEXT -> optional ? "coalesce(" + attribute + ", '')" : attribute;
            case NUMBER -> "coalesce(" + number() + ", 0)";
            case ID -> "coalesce(cast(" + attribute + " as string), '')";
            case TRUTH -> "case when " + attribute + " then 1 else 0 end";
            case TIME -> optional ? "coalesce(" + attribute + ", " + NO_TIME + ")" : attribute;
        };
    }

    /** A value of a query's parameter for {@link #order}. */
    Object ordered(JsonNode value) {
        return switch (type) {
            case TEXT, ID -> value.isNull() ? "" : value.textValue();
            case NUMBER -> value.longValue();
            case TRUTH -> value.booleanValue() ? 1 : 0;
            case TIME ->
                Optional.of(value)
                        .filter(JsonNode::isTextual)
                        .flatMap(known -> time(known.textValue()))
                        .orElse(EARLIEST)
                        .atOffset(ZoneOffset.UTC);
        };
    }

    /** The expression that is compared with {@link #compared}. */
    String comparison() {
        return type == Type.NUMBER ? number() : attribute;
    }

    /** A value of a query's parameter for a comparison with the column itself. */
    Object compared(JsonNode value) {
        return switch (type) {
            case TRUTH -> value.booleanValue();
            case ID -> UUID.fromString(value.textValue());
            case TEXT, NUMBER, TIME -> ordered(value);
        };
    }

    /** Attributes have numbers of several types. */
    private String number() {
        return "cast(" + attribute + " as long)";
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text)).filter(time -> !time.isBefore(EARLIEST) && !time.isAfter(LATEST));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
