package io.mesosiam.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a running task has for one credential name. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "TaskCredential",
        description = "What a running task has for one credential name",
        requiredProperties = {"credentialName", "state"})
public record TaskCredentialView(
        @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        String credentialName,

        @Schema(
                description =
                        "pending, active, renewing, failed: the state of its lease. shared: the lease of another"
                                + " task of the container serves it. refused: the container is refused it. waiting: it has no lease yet",
                enumeration = {"pending", "active", "renewing", "failed", "shared", "refused", "waiting"},
                examples = "active")
        String state,

        @Schema(
                description = "The lease's id; absent without a lease, or if its policy belongs to a namespace that the"
                        + " caller doesn't see",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String leaseId,

        @Schema(description = "The ARN of the lease's IAM role", examples = Docs.IAM_ROLE_ARN_EXAMPLE) @Nullable
        String iamRoleArn,

        @Schema(description = "The policy that gives the lease", format = "uuid", examples = Docs.UUID_EXAMPLE)
        @Nullable
        String policyId,

        @Schema(description = "The launch grant that gives the lease", format = "uuid", examples = Docs.UUID_EXAMPLE)
        @Nullable
        String grantId,

        @Schema(description = "When the served session ends, as STS stated", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant expiration,

        @Schema(
                description = "Why it has no session, or no new one, as in metrics and explanations; absent if nothing"
                        + " is missing",
                examples = "no-session")
        @Nullable
        String reasonCode,

        @Schema(description = "The same in a sentence", examples = "STS refused the session") @Nullable
        String reason,

        @Schema(
                description = "When the controller takes the next step without an event; absent if only an event"
                        + " triggers it",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        Instant retryAt) {
    /** Whether the task is served a session. */
    boolean isServed() {
        return state.equals("active") || state.equals("renewing") || state.equals("shared");
    }
}
