package io.mesosiam.api.audit;

import io.mesosiam.api.Docs;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The form of audit events in openapi.yaml. Events are answered as {@code AuditedEvent} writes them. */
final class AuditEventView {
    private AuditEventView() {}

    /** A page of audit events, the newest first. */
    @Schema(
            name = "AuditEventPage",
            description = "A page of audit events, the newest first",
            requiredProperties = {"items"})
    record Page(
            @Schema(
                    description = "The events, the newest first, with the selected fields; see AuditEvent",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<Object> items,

            @Schema(description = Docs.NEXT, examples = "1041") @Nullable
            String next) {}

    /** One audit event. */
    @Schema(
            name = "AuditEvent",
            description =
                    "Something that happened: who did what, when, from where, and how it ended. id, at, kind, outcome,"
                            + " actor and detail are in every event, unless 'fields' leaves them out")
    record Event(
            @Schema(description = "In order of writing, with gaps", examples = "1042")
            String id,

            @Schema(
                    description = "When it was written, by the database's clock",
                    format = "date-time",
                    examples = Docs.TIME_EXAMPLE)
            String at,

            @Schema(
                    description = "When it happened, by the clock of the controller that saw it",
                    format = "date-time",
                    examples = Docs.TIME_EXAMPLE)
            @Nullable
            String reportedAt,

            @Schema(description = "What happened", examples = "lease.issued")
            String kind,

            @Schema(
                    description = "done; refused: the caller may not, or the request is not valid; failed: it was"
                            + " allowed and did not succeed",
                    enumeration = {"done", "refused", "failed"},
                    examples = "done")
            String outcome,

            @Schema(
                    description = "Who did it: a controller's id, a caller of the API, or database:user",
                    examples = "oidc:alice@example.org")
            String actor,

            @Schema(description = "How the caller signed in; absent if not by the API", examples = "oidc") @Nullable
            String signIn,

            @Schema(
                    description = "The IP address that the request came from; absent if not by the API",
                    examples = "192.0.2.7")
            @Nullable
            String sourceAddress,

            @Schema(description = "The database user that wrote the row", examples = "mesos_iam_controller") @Nullable
            String databaseUser,

            @Schema(
                    description = "What was written or requested, as kind:name; absent for a lease's events",
                    examples = "policy:/data/etl")
            @Nullable
            String object,

            @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE) @Nullable
            String frameworkId,

            @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE) @Nullable
            String taskId,

            @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE) @Nullable
            String mesosAgentId,

            @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1") @Nullable
            Long launchSequence,

            @Schema(description = Docs.CONTAINER_ID, examples = Docs.CONTAINER_ID_EXAMPLE) @Nullable
            String containerId,

            @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE) @Nullable
            String credentialName,

            @Schema(description = "The lease's id", format = "uuid", examples = Docs.UUID_EXAMPLE) @Nullable
            String leaseId,

            @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE) @Nullable
            String policyId,

            @Schema(
                    description = "The version of the policy that decided, or that the change made",
                    minimum = "1",
                    examples = "3")
            @Nullable
            Long policyVersion,

            @Schema(description = "The launch grant concerned", format = "uuid", examples = Docs.UUID_EXAMPLE) @Nullable
            String grantId,

            @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE) @Nullable
            String iamRoleArn,

            @Schema(description = "The request in whose course it happened, as in the log", examples = "5f1c0b2e")
            @Nullable
            String requestId,

            @Schema(description = "The same in a sentence", examples = "policy etl created") @Nullable
            String message,

            @Schema(description = "What else is known, by kind; for a write the columns before and after")
            Map<String, Object> detail) {}
}
