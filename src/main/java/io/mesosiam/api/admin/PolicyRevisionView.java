package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.PolicyRevision;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One version of a policy, with who made it and why. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PolicyRevision",
        description = "One version of a policy, with the change that made it",
        requiredProperties = {"tag", "policyId", "version", "operation", "content", "changedAt", "databaseUser"})
public record PolicyRevisionView(
        @Schema(
                description = "Identifies the version: its ETag without the quotation marks",
                examples = AdminDocs.VERSION_EXAMPLE)
        String tag,

        @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
        String policyId,

        @Schema(description = "1 for a new policy, one more with each change", minimum = "1", examples = "3")
        long version,

        @Schema(
                description = "The change that made the version. existing: the policy is from before the history",
                enumeration = {"existing", "insert", "update", "delete"},
                examples = "update")
        String operation,

        @Schema(
                description = "The content after the change; of a deletion, what was deleted",
                implementation = PolicyContentSchema.class)
        JsonNode content,

        @Schema(description = "When it was changed", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String changedAt,

        @Schema(description = "The database user that made the change", examples = "mesos_iam_operator")
        String databaseUser,

        @Schema(
                description = "The signed-in caller of the API; absent for a change by SQL",
                examples = "oidc:alice@example.org")
        @Nullable
        String caller,

        @Schema(description = "Why, as the caller stated it", examples = AdminDocs.REASON_EXAMPLE) @Nullable
        String reason,

        @Schema(description = "The request, as in the controller's log", examples = Docs.UUID_EXAMPLE) @Nullable
        String requestId) {
    static PolicyRevisionView of(PolicyRevision revision) {
        return new PolicyRevisionView(
                revision.tag(),
                revision.policyId().toString(),
                revision.version(),
                revision.operation(),
                revision.content().document(),
                revision.changedAt().toString(),
                revision.databaseUser(),
                revision.caller().orElse(null),
                revision.reason().orElse(null),
                revision.requestId().orElse(null));
    }

    /** A page of versions. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "PolicyHistory",
            description = "A page of the versions of a policy",
            requiredProperties = {"items"})
    public record Page(
            @Schema(description = "The newest first") List<PolicyRevisionView> items,
            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
