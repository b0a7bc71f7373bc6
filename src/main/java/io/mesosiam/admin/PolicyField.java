package io.mesosiam.admin;

import static io.mesosiam.admin.FieldKind.ARRAY;
import static io.mesosiam.admin.FieldKind.OBJECT;
import static io.mesosiam.admin.FieldKind.SECONDS;
import static io.mesosiam.admin.FieldKind.TEXT;
import static io.mesosiam.admin.FieldKind.TEXTS;
import static io.mesosiam.admin.FieldKind.TRUTH;
import static io.mesosiam.admin.FieldKind.WHOLE_NUMBER;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What operators set of a policy: each field with its name in JSON, its column and its default, in the order in which
 * documents show them.
 */
public enum PolicyField {
    DESCRIPTION("description", "description", TEXT),
    EFFECT("effect", "effect", TEXT),
    PRIORITY("priority", "priority", WHOLE_NUMBER, "0"),
    ENABLED("enabled", "enabled", TRUTH, "true"),
    MATCH_ALL("matchAll", "match_all", TRUTH, "false"),
    FRAMEWORK_PRINCIPAL("frameworkPrincipal", "framework_principal", TEXT),
    FRAMEWORK_NAME("frameworkName", "framework_name", TEXT),
    MESOS_ROLE("mesosRole", "mesos_role", TEXT),
    TASK_NAME("taskName", "task_name", TEXT),
    TASK_USER("taskUser", "task_user", TEXT),
    IMAGE("image", "image", TEXT),
    LABELS("labels", "labels", ARRAY),
    AGENT_ATTRIBUTES("agentAttributes", "agent_attributes", OBJECT),
    CREDENTIAL_NAME("credentialName", "credential_name", TEXT),
    IAM_ROLE_ARN("iamRoleArn", "iam_role_arn", TEXT),
    VIA_ROLE_ARN("viaRoleArn", "via_role_arn", TEXT),
    SESSION_NAME("sessionName", "session_name", TEXT),
    SESSION_POLICY("sessionPolicy", "session_policy", OBJECT),
    SESSION_POLICY_ARNS("sessionPolicyArns", "session_policy_arns", TEXTS, "[]"),
    TAGS("tags", "tags", OBJECT, "{}"),
    DEFAULT_TAGS("defaultTags", "default_tags", TRUTH, "true"),
    TRANSITIVE_TAGS("transitiveTags", "transitive_tags", TEXTS, "[]"),
    SOURCE_IDENTITY("sourceIdentity", "source_identity", TEXT),
    UNIQUE_EXTERNAL_ID("uniqueExternalId", "unique_external_id", TRUTH, "false"),
    /**
     * Confidential between the account's owner and the controller: written, never shown, unless the database generated it
     * for the owner to write into a trust policy.
     */
    EXTERNAL_ID("externalId", "external_id", TEXT),
    REGION("region", "region", TEXT),
    SESSION_LENGTH("sessionLengthSeconds", "session_length", SECONDS, "3600"),
    SHORT_SESSION("shortSession", "short_session", TRUTH, "false"),
    LEASE_TTL("leaseTtlSeconds", "lease_ttl", SECONDS),
    SHARING("sharing", "sharing", TEXT, "\"task\""),
    PREFETCH("prefetch", "prefetch", TEXT, "\"always\""),
    SENSITIVE("sensitive", "sensitive", TRUTH, "false");

    private static final Map<String, PolicyField> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(PolicyField::json, Function.identity()));

    private final String json;
    private final String column;
    private final FieldKind kind;
    /** JSON. */
    private final @Nullable String standard;

    PolicyField(String json, String column, FieldKind kind) {
        this(json, column, kind, null);
    }

    PolicyField(String json, String column, FieldKind kind, @Nullable String standard) {
        this.json = json;
        this.column = column;
        this.kind = kind;
        this.standard = standard;
    }

    /** All names in JSON. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    static Optional<PolicyField> named(String json) {
        return Optional.ofNullable(BY_NAME.get(json));
    }

    /** The name in JSON. */
    public String json() {
        return json;
    }

    String column() {
        return column;
    }

    FieldKind kind() {
        return kind;
    }

    /** The value of a policy that does not set the field; empty if it then has none. */
    Optional<JsonNode> standard() {
        return Optional.ofNullable(standard).map(Json::stored);
    }
}
