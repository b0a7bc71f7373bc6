package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The fields of stored policies that a list can be filtered and sorted by, with the type of their values. */
public enum PolicyColumn {
    NAMESPACE("namespace", Type.TEXT, false),
    NAME("name", Type.TEXT, false),
    VERSION("version", Type.NUMBER, false),
    DESCRIPTION("description", Type.TEXT, true),
    EFFECT("effect", Type.TEXT, false),
    PRIORITY("priority", Type.NUMBER, false),
    ENABLED("enabled", Type.TRUTH, false),
    MATCH_ALL("matchAll", Type.TRUTH, false),
    FRAMEWORK_PRINCIPAL("frameworkPrincipal", Type.TEXT, true),
    FRAMEWORK_NAME("frameworkName", Type.TEXT, true),
    MESOS_ROLE("mesosRole", Type.TEXT, true),
    TASK_NAME("taskName", Type.TEXT, true),
    TASK_USER("taskUser", Type.TEXT, true),
    IMAGE("image", Type.TEXT, true),
    CREDENTIAL_NAME("credentialName", Type.TEXT, true),
    IAM_ROLE_ARN("iamRoleArn", Type.TEXT, true),
    VIA_ROLE_ARN("viaRoleArn", Type.TEXT, true),
    SESSION_NAME("sessionName", Type.TEXT, true),
    DEFAULT_TAGS("defaultTags", Type.TRUTH, false),
    UNIQUE_EXTERNAL_ID("uniqueExternalId", Type.TRUTH, false),
    SOURCE_IDENTITY("sourceIdentity", Type.TEXT, true),
    REGION("region", Type.TEXT, true),
    SHORT_SESSION("shortSession", Type.TRUTH, false),
    SHARING("sharing", Type.TEXT, false),
    PREFETCH("prefetch", Type.TEXT, false),
    SENSITIVE("sensitive", Type.TRUTH, false),
    UPDATED_BY("updatedBy", Type.TEXT, true),
    CREATED_BY("createdBy", Type.TEXT, true);

    /** The JSON type of a column's values. */
    enum Type {
        TEXT,
        NUMBER,
        TRUTH
    }

    private final String json;
    private final Type type;
    private final boolean optional;

    PolicyColumn(String json, Type type, boolean optional) {
        this.json = json;
        this.type = type;
        this.optional = optional;
    }

    /** The column with this name in JSON; empty if a list can't be filtered by it. */
    public static Optional<PolicyColumn> named(String json) {
        return Arrays.stream(values())
                .filter(column -> column.json.equals(json))
                .findFirst();
    }

    /** All names, for messages and the API's description. */
    public static List<String> names() {
        return Arrays.stream(values()).map(PolicyColumn::json).toList();
    }

    /** The name in JSON, which is the entity's attribute, too. */
    public String json() {
        return json;
    }

    /** Whether a filter or a cursor can have this value: one of the column's type, or null if the column can be unset. */
    public boolean accepts(JsonNode value) {
        return switch (type) {
            case TEXT -> (optional && value.isNull()) || (value.isTextual() && JsonText.isStorable(value));
            case NUMBER -> value.isIntegralNumber() && value.canConvertToInt();
            case TRUTH -> value.isBoolean();
        };
    }

    /** The expression that rows are ordered by: never null. */
    String order() {
        return switch (type) {
            case TEXT -> optional ? "coalesce(" + json + ", '')" : json;
            case NUMBER -> json;
            case TRUTH -> "case when " + json + " then 1 else 0 end";
        };
    }

    /** A value of a query's parameter for {@link #order}. */
    Object ordered(JsonNode value) {
        return switch (type) {
            case TEXT -> value.isNull() ? "" : value.textValue();
            case NUMBER -> this == VERSION ? (Object) value.longValue() : (Object) value.intValue();
            case TRUTH -> value.booleanValue() ? 1 : 0;
        };
    }

    /** A value of a query's parameter for a comparison with the column itself. */
    Object compared(JsonNode value) {
        return type == Type.TRUTH ? (Object) value.booleanValue() : ordered(value);
    }
}
