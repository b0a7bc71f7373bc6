package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Copies the content of a policy between the fields of its entity and JSON. */
final class PolicyColumns {
    private PolicyColumns() {}

    static void write(PolicyContent content, PolicyEntity row) {
        for (PolicyField field : PolicyField.values()) {
            write(field, content.value(field).orElse(null), row);
        }
    }

    private static void write(PolicyField field, @Nullable JsonNode value, PolicyEntity row) {
        switch (field) {
            case DESCRIPTION -> row.description = text(value);
            case EFFECT -> row.effect = text(value);
            case PRIORITY -> row.priority = required(value).intValue();
            case ENABLED -> row.enabled = required(value).booleanValue();
            case MATCH_ALL -> row.matchAll = required(value).booleanValue();
            case FRAMEWORK_PRINCIPAL -> row.frameworkPrincipal = text(value);
            case FRAMEWORK_NAME -> row.frameworkName = text(value);
            case MESOS_ROLE -> row.mesosRole = text(value);
            case TASK_NAME -> row.taskName = text(value);
            case TASK_USER -> row.taskUser = text(value);
            case IMAGE -> row.image = text(value);
            case LABELS -> row.labels = document(value);
            case AGENT_ATTRIBUTES -> row.agentAttributes = document(value);
            case CREDENTIAL_NAME -> row.credentialName = text(value);
            case IAM_ROLE_ARN -> row.iamRoleArn = text(value);
            case VIA_ROLE_ARN -> row.viaRoleArn = text(value);
            case SESSION_NAME -> row.sessionName = text(value);
            case SESSION_POLICY -> row.sessionPolicy = document(value);
            case SESSION_POLICY_ARNS -> row.sessionPolicyArns = texts(required(value));
            case TAGS -> row.tags = required(value).toString();
            case DEFAULT_TAGS -> row.defaultTags = required(value).booleanValue();
            case TRANSITIVE_TAGS -> row.transitiveTags = texts(required(value));
            case SOURCE_IDENTITY -> row.sourceIdentity = text(value);
            case UNIQUE_EXTERNAL_ID -> row.uniqueExternalId = required(value).booleanValue();
            case EXTERNAL_ID -> row.externalId = text(value);
            case REGION -> row.region = text(value);
            case SESSION_LENGTH -> row.sessionLength = required(value).longValue();
            case SHORT_SESSION -> row.shortSession = required(value).booleanValue();
            case LEASE_TTL -> row.leaseTtl = value == null ? null : Long.valueOf(value.longValue());
            case SHARING -> row.sharing = text(value);
            case PREFETCH -> row.prefetch = text(value);
            case SENSITIVE -> row.sensitive = required(value).booleanValue();
        }
    }

    static PolicyContent read(PolicyEntity row) {
        Map<PolicyField, JsonNode> values = new EnumMap<>(PolicyField.class);
        for (PolicyField field : PolicyField.values()) {
            Optional.ofNullable(read(field, row)).ifPresent(value -> values.put(field, value));
        }
        return new PolicyContent(values);
    }

    private static @Nullable JsonNode read(PolicyField field, PolicyEntity row) {
        return switch (field) {
            case DESCRIPTION -> node(row.description);
            case EFFECT -> node(row.effect);
            case PRIORITY -> IntNode.valueOf(row.priority);
            case ENABLED -> BooleanNode.valueOf(row.enabled);
            case MATCH_ALL -> BooleanNode.valueOf(row.matchAll);
            case FRAMEWORK_PRINCIPAL -> node(row.frameworkPrincipal);
            case FRAMEWORK_NAME -> node(row.frameworkName);
            case MESOS_ROLE -> node(row.mesosRole);
            case TASK_NAME -> node(row.taskName);
            case TASK_USER -> node(row.taskUser);
            case IMAGE -> node(row.image);
            case LABELS -> parsed(row.labels);
            case AGENT_ATTRIBUTES -> parsed(row.agentAttributes);
            case CREDENTIAL_NAME -> node(row.credentialName);
            case IAM_ROLE_ARN -> node(row.iamRoleArn);
            case VIA_ROLE_ARN -> node(row.viaRoleArn);
            case SESSION_NAME -> node(row.sessionName);
            case SESSION_POLICY -> parsed(row.sessionPolicy);
            case SESSION_POLICY_ARNS -> array(row.sessionPolicyArns);
            case TAGS -> parsed(row.tags);
            case DEFAULT_TAGS -> BooleanNode.valueOf(row.defaultTags);
            case TRANSITIVE_TAGS -> array(row.transitiveTags);
            case SOURCE_IDENTITY -> node(row.sourceIdentity);
            case UNIQUE_EXTERNAL_ID -> BooleanNode.valueOf(row.uniqueExternalId);
            case EXTERNAL_ID -> node(row.externalId);
            case REGION -> node(row.region);
            case SESSION_LENGTH -> LongNode.valueOf(row.sessionLength);
            case SHORT_SESSION -> BooleanNode.valueOf(row.shortSession);
            case LEASE_TTL -> row.leaseTtl == null ? null : LongNode.valueOf(row.leaseTtl);
            case SHARING -> node(row.sharing);
            case PREFETCH -> node(row.prefetch);
            case SENSITIVE -> BooleanNode.valueOf(row.sensitive);
        };
    }

    private static JsonNode required(@Nullable JsonNode value) {
        return Optional.ofNullable(value)
                .orElseThrow(() -> new IllegalArgumentException("a field with a default has no value"));
    }

    private static @Nullable String text(@Nullable JsonNode value) {
        return value == null ? null : value.textValue();
    }

    private static @Nullable String document(@Nullable JsonNode value) {
        return value == null ? null : value.toString();
    }

    private static String[] texts(JsonNode array) {
        return array.valueStream().map(JsonNode::textValue).toArray(String[]::new);
    }

    private static @Nullable JsonNode node(@Nullable String text) {
        return text == null ? null : TextNode.valueOf(text);
    }

    private static @Nullable JsonNode parsed(@Nullable String text) {
        return text == null ? null : Json.stored(text);
    }

    private static ArrayNode array(String[] texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        Arrays.stream(texts).forEach(array::add);
        return array;
    }
}
