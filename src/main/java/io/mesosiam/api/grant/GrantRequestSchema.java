package io.mesosiam.api.grant;

import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a grant as {@code openapi.yaml} describes it. No instance exists: the resource reads JSON, so that
 * every wrong field can be named. A test compares these fields with those of {@code admin.grant.LaunchGrants}.
 */
@Schema(
        name = "NewLaunchGrant",
        description =
                "Which launch gets which IAM role: the first one of the framework that has the task id or, without a taskId,"
                        + " a label mesos-iam/grant with the id of the grant. mesosRole or taskId is needed",
        requiredProperties = {"iamRoleArn", "frameworkPrincipal", "expiresInSeconds"})
record GrantRequestSchema(
        @Schema(
                description = Docs.IAM_ROLE_ARN,
                maxLength = Forms.LONGEST_ARN,
                pattern = Forms.IAM_ROLE,
                examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(
                description = Docs.CREDENTIAL_NAME,
                pattern = Forms.CREDENTIAL_NAME,
                defaultValue = "default",
                examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        @Nullable
        String credentialName,

        @Schema(
                description = GrantDocs.FRAMEWORK_PRINCIPAL,
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ID,
                examples = "svc-notebooks")
        String frameworkPrincipal,

        @Schema(
                description = GrantDocs.MESOS_ROLE + ". Default: any",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ROLE,
                examples = "data/notebooks")
        @Nullable
        String mesosRole,

        @Schema(
                description = GrantDocs.TASK_ID,
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ID,
                examples = Docs.TASK_ID_EXAMPLE)
        @Nullable
        String taskId,

        @Schema(description = GrantDocs.SESSION_POLICY + ": at most 2048 characters") @Nullable
        Map<String, Object> sessionPolicy,

        @Schema(description = GrantDocs.SENSITIVE, defaultValue = "false")
        boolean sensitive,

        @Schema(
                description =
                        "How long it lasts at most: 1 minute to 30 days, within longestTtlSeconds of the namespaces",
                minimum = "60",
                maximum = "2592000",
                examples = "28800")
        long expiresInSeconds) {}
