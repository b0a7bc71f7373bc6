package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Refused.Fault;
import java.util.Optional;

/** Checks JSON values of callers, before they reach the database. */
public final class JsonText {
    private static final int LONGEST_NAME = 64;

    private JsonText() {}

    /** What is wrong with the value of a field; empty if it has the field's type and only texts that PostgreSQL can hold. */
    public static Optional<Fault> fault(String field, FieldKind kind, JsonNode value) {
        if (!kind.accepts(value)) {
            return Optional.of(new Fault(field, kind.demand()));
        }
        return isStorable(value)
                ? Optional.empty()
                : Optional.of(new Fault(field, "must have no U+0000 and no half of a surrogate pair"));
    }

    /** Whether every text in the value can be stored: PostgreSQL has no U+0000, and UTF-8 no half of a surrogate pair. */
    static boolean isStorable(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> isStorable(value.textValue());
            case ARRAY -> value.valueStream().allMatch(JsonText::isStorable);
            case OBJECT ->
                value.propertyStream().allMatch(entry -> isStorable(entry.getKey()) && isStorable(entry.getValue()));
            case BINARY, BOOLEAN, MISSING, NULL, NUMBER, POJO -> true;
        };
    }

    static boolean isStorable(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    /** A name that a caller chose, short enough for an error. */
    public static String shortened(String name) {
        return shortened(name, LONGEST_NAME);
    }

    /** At most so many characters of a text. */
    public static String shortened(String text, int longest) {
        return text.length() <= longest || text.codePointCount(0, text.length()) <= longest
                ? text
                : text.substring(0, text.offsetByCodePoints(0, longest)) + "…";
    }
}
