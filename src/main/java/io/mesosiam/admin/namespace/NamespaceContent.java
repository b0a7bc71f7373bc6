package io.mesosiam.admin.namespace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Json;
import io.mesosiam.admin.MergePatch;
import io.mesosiam.admin.Refused.Fault;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What operators set of a namespace: a value of the right JSON type for each field that is set. Whether the values are valid
 * is for the database to say.
 */
public record NamespaceContent(Map<NamespaceField, JsonNode> values) {
    private static final Map<String, FieldKind> KINDS = Arrays.stream(NamespaceField.values())
            .collect(Collectors.toUnmodifiableMap(NamespaceField::json, NamespaceField::kind));

    public NamespaceContent {
        Map<NamespaceField, JsonNode> copy = new EnumMap<>(NamespaceField.class);
        for (NamespaceField field : NamespaceField.values()) {
            JsonNode value = values.get(field);
            if (value != null) {
                copy.put(field, field.kind().normal(value));
            } else if (field.kind() == FieldKind.TRUTH) {
                copy.put(field, BooleanNode.FALSE);
            }
        }
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * A document as it was read.
     *
     * @param faults every fault that can be found without the database; such fields are not in the content
     */
    record Read(NamespaceContent content, List<Fault> faults) {}

    /** Reads a whole document. A field that is absent or null is not set. */
    static Read read(JsonNode document) {
        Fields fields = Fields.content(document, KINDS);
        Map<NamespaceField, JsonNode> values = new EnumMap<>(NamespaceField.class);
        for (NamespaceField field : NamespaceField.values()) {
            Optional.ofNullable(fields.values().get(field.json())).ifPresent(value -> values.put(field, value));
        }
        return new Read(new NamespaceContent(values), fields.faults());
    }

    /** Applies a merge patch (RFC 7396) to this content, and reads the result. */
    Read patched(JsonNode patch) {
        return read(MergePatch.apply(document(), patch));
    }

    /** The value of a field; empty if it is not set. */
    public Optional<JsonNode> value(NamespaceField field) {
        return Optional.ofNullable(values.get(field));
    }

    /** The fields that are set, as the API shows them. */
    public ObjectNode document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        values.forEach((field, value) -> document.set(field.json(), value.deepCopy()));
        return document;
    }

    /** The fields that differ, in order. */
    public List<NamespaceField> changedFields(NamespaceContent other) {
        return Arrays.stream(NamespaceField.values())
                .filter(field -> !Objects.equals(values.get(field), other.values.get(field)))
                .toList();
    }

    /** The row as a JSON object of columns, as the database's check of a whole row reads it. */
    ObjectNode columns() {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        values.forEach((field, value) -> {
            if (field.kind() == FieldKind.SECONDS) {
                row.put(field.column(), value.longValue() + " seconds");
            } else {
                row.set(field.column(), value);
            }
        });
        return row;
    }

    /** The content of a version, from its row as a JSON object of columns. */
    static NamespaceContent ofColumns(JsonNode columns, @Nullable Long longestTtlSeconds) {
        Map<NamespaceField, JsonNode> values = new EnumMap<>(NamespaceField.class);
        for (NamespaceField field : NamespaceField.values()) {
            JsonNode value = columns.path(field.column());
            if (field.kind() == FieldKind.SECONDS) {
                Optional.ofNullable(longestTtlSeconds).ifPresent(ttl -> values.put(field, LongNode.valueOf(ttl)));
            } else if (!value.isMissingNode() && !value.isNull()) {
                values.put(field, value);
            }
        }
        return new NamespaceContent(values);
    }

    static NamespaceContent of(NamespaceEntity row) {
        Map<NamespaceField, JsonNode> values = new EnumMap<>(NamespaceField.class);
        for (NamespaceField field : NamespaceField.values()) {
            Optional.ofNullable(value(field, row)).ifPresent(value -> values.put(field, value));
        }
        return new NamespaceContent(values);
    }

    private static @Nullable JsonNode value(NamespaceField field, NamespaceEntity row) {
        return switch (field) {
            case DESCRIPTION -> row.description == null ? null : TextNode.valueOf(row.description);
            case IAM_ROLE_ARNS -> array(row.iamRoleArns);
            case VIA_ROLE_ARNS -> array(row.viaRoleArns);
            case AWS_ACCOUNTS -> array(row.awsAccounts);
            case MESOS_ROLES -> array(row.mesosRoles);
            case FRAMEWORK_PRINCIPALS -> array(row.frameworkPrincipals);
            case LONGEST_TTL -> row.longestTtl == null ? null : LongNode.valueOf(row.longestTtl);
            case SESSION_POLICY_FLOOR -> row.sessionPolicyFloor == null ? null : Json.stored(row.sessionPolicyFloor);
            case TRUSTED_SELECTORS_ONLY -> BooleanNode.valueOf(row.trustedSelectorsOnly);
            case SENSITIVE_ONLY -> BooleanNode.valueOf(row.sensitiveOnly);
        };
    }

    void write(NamespaceEntity row) {
        row.description = text(NamespaceField.DESCRIPTION);
        row.iamRoleArns = texts(NamespaceField.IAM_ROLE_ARNS);
        row.viaRoleArns = texts(NamespaceField.VIA_ROLE_ARNS);
        row.awsAccounts = texts(NamespaceField.AWS_ACCOUNTS);
        row.mesosRoles = texts(NamespaceField.MESOS_ROLES);
        row.frameworkPrincipals = texts(NamespaceField.FRAMEWORK_PRINCIPALS);
        row.longestTtl =
                value(NamespaceField.LONGEST_TTL).map(JsonNode::longValue).orElse(null);
        row.sessionPolicyFloor = value(NamespaceField.SESSION_POLICY_FLOOR)
                .map(JsonNode::toString)
                .orElse(null);
        row.trustedSelectorsOnly = is(NamespaceField.TRUSTED_SELECTORS_ONLY);
        row.sensitiveOnly = is(NamespaceField.SENSITIVE_ONLY);
    }

    private @Nullable String text(NamespaceField field) {
        return value(field).map(JsonNode::textValue).orElse(null);
    }

    private String @Nullable [] texts(NamespaceField field) {
        return value(field)
                .map(array -> array.valueStream().map(JsonNode::textValue).toArray(String[]::new))
                .orElse(null);
    }

    private boolean is(NamespaceField field) {
        return value(field).map(JsonNode::booleanValue).orElse(false);
    }

    private static @Nullable ArrayNode array(String @Nullable [] texts) {
        if (texts == null) {
            return null;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        Arrays.stream(texts).forEach(array::add);
        return array;
    }
}
