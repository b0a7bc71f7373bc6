package io.mesosiam.api.namespace;

import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The content of a namespace as {@code openapi.yaml} describes it. No instance exists: resources read and write JSON, so that
 * every wrong field can be named. A test compares these fields with those of {@code admin.namespace.NamespaceField}.
 */
@Schema(
        name = "NamespaceContent",
        description =
                "The bounds of a namespace. A list that is absent or null allows everything, an empty list nothing."
                        + " docs/namespaces.md explains each")
public record NamespaceContentSchema(
        @Schema(
                description = "What it is for and whose it is, for people",
                maxLength = 4096,
                pattern = Forms.STORABLE,
                examples = "The reporting group of the data platform")
        @Nullable
        String description,

        @Schema(
                description =
                        "Patterns for the IAM roles that policies may give; * stands for any characters, ? for one",
                type = SchemaType.ARRAY,
                implementation = ArnPattern.class,
                maxItems = 100,
                examples = "[\"arn:aws:iam::123456789012:role/data-*\"]")
        @Nullable
        List<String> iamRoleArns,

        @Schema(
                description =
                        "Patterns for the hub roles that policies may name. docs/namespaces.md says what holds without",
                type = SchemaType.ARRAY,
                implementation = ArnPattern.class,
                maxItems = 100,
                examples = "[\"arn:aws:iam::123456789012:role/hub\"]")
        @Nullable
        List<String> viaRoleArns,

        @Schema(
                description = "The AWS accounts of the IAM roles that policies may give",
                type = SchemaType.ARRAY,
                implementation = AwsAccount.class,
                maxItems = 100,
                examples = "[\"123456789012\"]")
        @Nullable
        List<String> awsAccounts,

        @Schema(
                description = "The Mesos roles whose tasks policies concern, with those below them",
                type = SchemaType.ARRAY,
                implementation = MesosRoleText.class,
                maxItems = 100,
                examples = "[\"data/reporting\"]")
        @Nullable
        List<String> mesosRoles,

        @Schema(
                description = "The framework principals whose tasks policies concern",
                type = SchemaType.ARRAY,
                implementation = FrameworkPrincipal.class,
                maxItems = 100,
                examples = "[\"svc-marathon\"]")
        @Nullable
        List<String> frameworkPrincipals,

        @Schema(
                description = "The longest leaseTtlSeconds of an allow, which then needs one",
                minimum = "60",
                maximum = "31536000",
                examples = "86400")
        @Nullable
        Long longestTtlSeconds,

        @Schema(
                description = "Statements that deny, which every session carries: 1 to 20, at most 1500 characters",
                minItems = 1,
                maxItems = 20,
                examples = "[{\"Effect\": \"Deny\", \"Action\": \"iam:*\", \"Resource\": \"*\"}]")
        @Nullable
        List<Map<String, Object>> sessionPolicyFloor,

        @Schema(description = "true: an allow needs a selector that is not self-asserted", defaultValue = "false")
        boolean trustedSelectorsOnly,

        @Schema(description = "true: an allow must be sensitive", defaultValue = "false")
        boolean sensitiveOnly) {
    /** A pattern for ARNs. */
    @Schema(name = "ArnPattern", type = SchemaType.STRING, pattern = Forms.ARN_PATTERN)
    interface ArnPattern {}

    /** The id of an AWS account. */
    @Schema(name = "AwsAccount", type = SchemaType.STRING, pattern = "^[0-9]{12}$")
    interface AwsAccount {}

    /** A Mesos role. */
    @Schema(
            name = "MesosRoleText",
            type = SchemaType.STRING,
            maxLength = Parameters.MAX_TEXT,
            pattern = Forms.MESOS_ROLE)
    interface MesosRoleText {}

    /** The principal of a framework. */
    @Schema(
            name = "FrameworkPrincipal",
            type = SchemaType.STRING,
            maxLength = Parameters.MAX_TEXT,
            pattern = Forms.MESOS)
    interface FrameworkPrincipal {}
}
