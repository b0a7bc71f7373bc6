package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;

/** The JSON type of a field. What a value of that type may be is for the database's constraints to say. */
public enum FieldKind {
    TEXT("must be a text"),
    ID("must be a UUID in lower case, with hyphens"),
    TRUTH("must be true or false"),
    WHOLE_NUMBER("must be a whole number from -2147483648 to 2147483647"),
    SECONDS("must be a whole number of seconds, at most 1000000000"),
    COUNT("must be a whole number from 0 to 1000000000"),
    TEXTS("must be an array of texts"),
    ARRAY("must be an array"),
    OBJECT("must be an object");

    private static final long MOST_SECONDS = 1_000_000_000;

    private final String demand;

    FieldKind(String demand) {
        this.demand = demand;
    }

    boolean accepts(JsonNode value) {
        return switch (this) {
            case TEXT -> value.isTextual();
            case ID -> value.isTextual() && value.textValue().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            case TRUTH -> value.isBoolean();
            case WHOLE_NUMBER -> value.isIntegralNumber() && value.canConvertToInt();
            case SECONDS, COUNT ->
                value.isIntegralNumber()
                        && value.canConvertToLong()
                        && value.longValue() >= 0
                        && value.longValue() <= MOST_SECONDS;
            case TEXTS -> value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
            case ARRAY -> value.isArray();
            case OBJECT -> value.isObject();
        };
    }

    /** The same value in the one form that equal values have. */
    public JsonNode normal(JsonNode value) {
        return switch (this) {
            case WHOLE_NUMBER -> IntNode.valueOf(value.intValue());
            case SECONDS, COUNT -> LongNode.valueOf(value.longValue());
            case TEXT, ID, TRUTH, TEXTS, ARRAY, OBJECT -> value;
        };
    }

    String demand() {
        return demand;
    }
}
