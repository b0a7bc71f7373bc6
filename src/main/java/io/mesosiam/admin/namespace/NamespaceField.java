package io.mesosiam.admin.namespace;

import static io.mesosiam.admin.FieldKind.ARRAY;
import static io.mesosiam.admin.FieldKind.SECONDS;
import static io.mesosiam.admin.FieldKind.TEXT;
import static io.mesosiam.admin.FieldKind.TEXTS;
import static io.mesosiam.admin.FieldKind.TRUTH;

import io.mesosiam.admin.FieldKind;

/**
 * What operators set of a namespace: each field with its name in JSON and its column, in the order in which documents show
 * them. A truth is false unless it is set; the other fields have no default.
 */
public enum NamespaceField {
    DESCRIPTION("description", "description", TEXT),
    IAM_ROLE_ARNS("iamRoleArns", "iam_role_arns", TEXTS),
    VIA_ROLE_ARNS("viaRoleArns", "via_role_arns", TEXTS),
    AWS_ACCOUNTS("awsAccounts", "aws_accounts", TEXTS),
    MESOS_ROLES("mesosRoles", "mesos_roles", TEXTS),
    FRAMEWORK_PRINCIPALS("frameworkPrincipals", "framework_principals", TEXTS),
    LONGEST_TTL("longestTtlSeconds", "longest_ttl", SECONDS),
    SESSION_POLICY_FLOOR("sessionPolicyFloor", "session_policy_floor", ARRAY),
    TRUSTED_SELECTORS_ONLY("trustedSelectorsOnly", "trusted_selectors_only", TRUTH),
    SENSITIVE_ONLY("sensitiveOnly", "sensitive_only", TRUTH);

    private final String json;
    private final String column;
    private final FieldKind kind;

    NamespaceField(String json, String column, FieldKind kind) {
        this.json = json;
        this.column = column;
        this.kind = kind;
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
}
