package io.mesosiam.api.admin;

import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The content of a policy as {@code openapi.yaml} describes it. No instance exists: resources read and write JSON, so that
 * every wrong field can be named. A test compares these fields with those of {@code admin.PolicyField}.
 */
@Schema(
        name = "PolicyContent",
        description =
                "What operators set of a policy. A field that is absent or null has its default. docs/policy.md explains each",
        requiredProperties = {"effect"})
public record PolicyContentSchema(
        @Schema(
                description = "Its purpose, for people",
                maxLength = 4096,
                pattern = Forms.STORABLE,
                examples = "Nightly reports read the lake")
        @Nullable
        String description,

        @Schema(
                description = "deny beats every allow",
                enumeration = {"allow", "deny"},
                examples = "allow")
        String effect,

        @Schema(
                description = "Of the allows that match, those with the highest number decide",
                defaultValue = "0",
                examples = "10")
        int priority,

        @Schema(description = "false: the policy has no effect", defaultValue = "true")
        boolean enabled,

        @Schema(description = "true: the policy has no selector and matches every task", defaultValue = "false")
        boolean matchAll,

        @Schema(
                description = "The principal that the task's framework authenticated as, exactly",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS,
                examples = "svc-reporting")
        @Nullable
        String frameworkPrincipal,

        @Schema(
                description = "The framework's name, exactly",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS,
                examples = "marathon")
        @Nullable
        String frameworkName,

        @Schema(
                description = "The Mesos role of the task's resources, or one above it",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ROLE,
                examples = "eng/reporting")
        @Nullable
        String mesosRole,

        @Schema(
                description = "The task's name; * stands for any characters, ? for one",
                maxLength = 1024,
                pattern = Forms.MESOS,
                examples = "nightly-*")
        @Nullable
        String taskName,

        @Schema(
                description = "The user that the task runs as, exactly",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS,
                examples = "reporting")
        @Nullable
        String taskUser,

        @Schema(
                description = "The container image; * stands for any characters, ? for one",
                maxLength = 1024,
                pattern = Forms.MESOS,
                examples = "registry.example.org/reporting:*")
        @Nullable
        String image,

        @Schema(description = "Labels that the task must all have", minItems = 1, maxItems = 32) @Nullable
        List<Label> labels,

        @Schema(
                description =
                        "Attributes that the Mesos agent must all have: a text, a number, or null if the attribute is"
                                + " enough",
                type = SchemaType.OBJECT,
                minProperties = 1,
                propertyNames = AttributeName.class,
                additionalProperties = AttributeValue.class,
                examples = "{\"rack\": \"r1\", \"gpu\": null}")
        @Nullable
        Map<String, Object> agentAttributes,

        @Schema(
                description = Docs.CREDENTIAL_NAME + ". Default: of an allow the name default, of a deny every name",
                pattern = Forms.CREDENTIAL_NAME,
                examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        @Nullable
        String credentialName,

        @Schema(
                description = Docs.IAM_ROLE_ARN + "; an allow needs it",
                maxLength = Forms.LONGEST_ARN,
                pattern = Forms.IAM_ROLE,
                examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        @Nullable
        String iamRoleArn,

        @Schema(
                description = "The hub role that is assumed first. Default: the IAM role is assumed directly",
                maxLength = Forms.LONGEST_ARN,
                pattern = Forms.IAM_ROLE,
                examples = "arn:aws:iam::123456789012:role/hub")
        @Nullable
        String viaRoleArn,

        @Schema(
                description = "The template of the role session name. Default: derived from the task",
                minLength = 2,
                maxLength = 256,
                pattern = "^([A-Za-z0-9_+=,.@-]|[{](framework|task|container|name|mesos-role)(:safe)?[}])*$",
                examples = "{framework}.{task}")
        @Nullable
        String sessionName,

        @Schema(
                description =
                        "The inline session policy, with at least one Statement, 2048 characters as it is written",
                type = SchemaType.OBJECT,
                additionalProperties = Object.class,
                examples =
                        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\","
                                + " \"Resource\": \"*\"}}")
        @Nullable
        Map<String, Object> sessionPolicy,

        @Schema(
                description = "The ARNs of managed session policies",
                maxItems = 10,
                examples = "[\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]")
        List<String> sessionPolicyArns,

        @Schema(
                description = "Session tags, at most 50; values may be templates",
                type = SchemaType.OBJECT,
                additionalProperties = String.class,
                examples = "{\"team\": \"reporting\"}")
        Map<String, String> tags,

        @Schema(
                description = "true: sessions get the default tags, such as mesos-cluster and mesos-task",
                defaultValue = "true")
        boolean defaultTags,

        @Schema(description = "Which of the tags persist through role chaining", maxItems = 50, examples = "[\"team\"]")
        List<String> transitiveTags,

        @Schema(description = "The source identity", pattern = "^[A-Za-z0-9_+=,.@-]{2,64}$", examples = "mesos-iam")
        @Nullable
        String sourceIdentity,

        @Schema(description = "true: the database generates the external id once and keeps it", defaultValue = "false")
        boolean uniqueExternalId,

        @Schema(
                description = "The external id that the IAM role's trust policy requires. In an answer only with"
                        + " uniqueExternalId; hasExternalId states whether there is one",
                minLength = 2,
                maxLength = 1224,
                pattern = "^[A-Za-z0-9_+=,.@:/-]+$",
                examples = "reporting-7f3a")
        @Nullable
        String externalId,

        @Schema(
                description =
                        "Whether there is an external id. true in a request without externalId keeps the stored one")
        @Nullable
        Boolean hasExternalId,

        @Schema(
                description = "The AWS region whose STS is called. Default: the controller's",
                pattern = "^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$",
                examples = "eu-central-1")
        @Nullable
        String region,

        @Schema(
                description = "How long one STS session lasts, in seconds; under 3600 only with shortSession",
                minimum = "900",
                maximum = "43200",
                defaultValue = "3600",
                examples = "3600")
        long sessionLengthSeconds,

        @Schema(description = "States that a session under an hour is intended", defaultValue = "false")
        boolean shortSession,

        @Schema(
                description =
                        "How long after its start a task may have it, in seconds. Default: as long as the task runs",
                minimum = "60",
                maximum = "31536000",
                examples = "86400")
        @Nullable
        Long leaseTtlSeconds,

        @Schema(
                description = "task: each launch has its own session. role: launches with equal sessions share one",
                enumeration = {"task", "role"},
                defaultValue = "task")
        String sharing,

        @Schema(
                description = "always: the session is ready before the task requests it. on-ask: STS is called then",
                enumeration = {"always", "on-ask"},
                defaultValue = "always")
        String prefetch,

        @Schema(description = "true: only for tasks whose launch a controller saw", defaultValue = "false")
        boolean sensitive) {
    private static final String LABEL = "^[^\\u0000\\ufffd]*$";

    /** The name of an attribute of a Mesos agent. */
    @Schema(name = "PolicyAttributeName", type = SchemaType.STRING, minLength = 1, maxLength = 1024, pattern = LABEL)
    interface AttributeName {}

    /** The value that an attribute must have. */
    @Schema(
            name = "PolicyAttributeValue",
            description = "A text, a number, or null if the attribute is enough",
            anyOf = {AttributeText.class, AttributeNumber.class})
    interface AttributeValue {}

    /** The value of an attribute that is a text, or null. */
    @Schema(name = "PolicyAttributeText", type = SchemaType.STRING, nullable = true, maxLength = 1024, pattern = LABEL)
    interface AttributeText {}

    /** The value of an attribute that is a number. */
    @Schema(
            name = "PolicyAttributeNumber",
            type = SchemaType.NUMBER,
            description = "At most 18 digits before and after the point, without an exponent")
    interface AttributeNumber {}

    /** A label as Mesos writes it. */
    @Schema(
            name = "PolicyLabel",
            description = "A label that the task must have; without a value, the key is sufficient",
            requiredProperties = {"key"})
    public record Label(
            @Schema(description = "The label's key", maxLength = 1024, pattern = LABEL, examples = "team")
            String key,

            @Schema(description = "The label's value", maxLength = 1024, pattern = LABEL, examples = "reporting")
            @Nullable
            String value) {}
}
