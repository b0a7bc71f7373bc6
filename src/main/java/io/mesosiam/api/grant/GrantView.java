package io.mesosiam.api.grant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.grant.StoredGrant;
import io.mesosiam.admin.grant.StoredGrant.Bound;
import io.mesosiam.admin.grant.StoredGrant.End;
import io.mesosiam.admin.grant.StoredGrant.Suspension;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A launch grant as the API shows it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "LaunchGrant",
        description = "Gives an IAM role to one launch, the first that fits",
        requiredProperties = {
            "grantId",
            "namespace",
            "iamRoleArn",
            "credentialName",
            "frameworkPrincipal",
            "sensitive",
            "expiresAt",
            "version",
            "madeAt",
            "madeBy"
        })
public record GrantView(
        @Schema(
                description = GrantDocs.ID + ", and the value of the task's label mesos-iam/grant",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        String grantId,

        @Schema(description = "The namespace whose bounds hold for it", examples = "/data/notebooks")
        String namespace,

        @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        String credentialName,

        @Schema(description = GrantDocs.FRAMEWORK_PRINCIPAL, examples = "svc-notebooks")
        String frameworkPrincipal,

        @Schema(description = GrantDocs.MESOS_ROLE + "; absent for any", examples = "data/notebooks") @Nullable
        String mesosRole,

        @Schema(description = GrantDocs.TASK_ID + "; absent if the task has the label", examples = Docs.TASK_ID_EXAMPLE)
        @Nullable
        String taskId,

        @Schema(
                description = GrantDocs.SESSION_POLICY + "; absent for none",
                type = SchemaType.OBJECT,
                implementation = Object.class)
        @Nullable
        JsonNode sessionPolicy,

        @Schema(description = GrantDocs.SENSITIVE) boolean sensitive,

        @Schema(description = "When it ends at the latest", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String expiresAt,

        @Schema(description = "1 at first, one more with each change", minimum = "1", examples = "1")
        long version,

        @Schema(description = "When it was made", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String madeAt,

        @Schema(
                description = "The caller that made it; the database user for a grant by SQL",
                examples = "token:notebooks")
        String madeBy,

        @Schema(
                description = "When a controller bound it to a launch; absent until then, as the fields of the launch",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String boundAt,

        @Schema(description = "The framework's id of that launch", examples = Docs.FRAMEWORK_ID_EXAMPLE) @Nullable
        String boundFrameworkId,

        @Schema(description = "Its task id", examples = Docs.TASK_ID_EXAMPLE) @Nullable
        String boundTaskId,

        @Schema(description = "The id of the Mesos agent whose host it runs on", examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        @Nullable
        String boundMesosAgentId,

        @Schema(description = Docs.CONTAINER_ID, examples = Docs.CONTAINER_ID_EXAMPLE) @Nullable
        String boundContainerId,

        @Schema(
                description = "When a second launch claimed it, since when it gives nothing; absent if none has",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String suspendedAt,

        @Schema(description = "Which launches claimed it; absent unless it is suspended") @Nullable
        String suspendedReason,

        @Schema(
                description = "When it ended; absent until then, as endedBy and endReason",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String endedAt,

        @Schema(description = "The caller that revoked it, else the database user", examples = "token:notebooks")
        @Nullable
        String endedBy,

        @Schema(
                description = "revoked: a caller ended it; task-ended: with its launch; expired: at expiresAt",
                enumeration = {"revoked", "task-ended", "expired"},
                examples = "task-ended")
        @Nullable
        String endReason) {
    static GrantView of(StoredGrant grant) {
        return new GrantView(
                grant.id().toString(),
                grant.namespace(),
                grant.iamRoleArn(),
                grant.credentialName(),
                grant.frameworkPrincipal(),
                grant.mesosRole().orElse(null),
                grant.taskId().orElse(null),
                grant.sessionPolicy().orElse(null),
                grant.sensitive(),
                grant.expiresAt().toString(),
                grant.version(),
                grant.madeAt().toString(),
                grant.madeBy(),
                grant.bound().map(Bound::at).map(Instant::toString).orElse(null),
                grant.bound().map(Bound::frameworkId).orElse(null),
                grant.bound().map(Bound::taskId).orElse(null),
                grant.bound().map(Bound::mesosAgentId).orElse(null),
                grant.bound().map(Bound::containerId).orElse(null),
                grant.suspension().map(Suspension::at).map(Instant::toString).orElse(null),
                grant.suspension().map(Suspension::reason).orElse(null),
                grant.end().map(End::at).map(Instant::toString).orElse(null),
                grant.end().map(End::by).orElse(null),
                grant.end().map(End::reason).orElse(null));
    }

    /** A page of grants. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "LaunchGrantPage",
            description = "A page of launch grants",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Grants with the selected fields, in the order of 'sort'; see LaunchGrant",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<JsonNode> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
