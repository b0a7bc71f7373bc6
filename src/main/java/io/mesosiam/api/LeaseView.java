package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A lease as the API shows it. A lease contains no key material. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Lease",
        description = "The promise that one launch can use one IAM role until its task or its time to live ends",
        requiredProperties = {
            "leaseId",
            "frameworkId",
            "taskId",
            "mesosAgentId",
            "launchSequence",
            "credentialName",
            "iamRoleArn",
            "sessionName",
            "witnessed",
            "createdAt",
            "state"
        })
public record LeaseView(
        @Schema(description = "The lease's id", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String leaseId,

        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1")
        long launchSequence,

        @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        String credentialName,

        @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(description = "The role session name that CloudTrail shows", examples = "web.report-42")
        String sessionName,

        @Schema(
                description = "The policy that gives it; absent if a launch grant does",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String policyId,

        @Schema(
                description = "The launch grant that gives it; absent if a policy does",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String grantId,

        @Schema(
                description =
                        "The version of the policy by which it was issued or last renewed; absent for an old lease and for a grant",
                minimum = "1",
                examples = "3")
        @Nullable
        Long policyVersion,

        @Schema(description = Docs.WITNESSED) boolean witnessed,

        @Schema(description = Docs.CONTAINER_ID + "; absent until it is known", examples = Docs.CONTAINER_ID_EXAMPLE)
        @Nullable
        String containerId,

        @Schema(
                description = "When the lease was created, or the first lease of the same session in its container",
                examples = Docs.TIME_EXAMPLE)
        Instant createdAt,

        @Schema(
                description = "When its time to live ends; absent if it ends with its task",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        Instant until,

        @Schema(
                description = "pending: no session yet. active: a session is served. renewing: the next session"
                        + " is requested. failed: STS returned no session. reaped: ended, with no further"
                        + " session",
                enumeration = {"pending", "active", "renewing", "failed", "reaped"},
                examples = "active")
        String state,

        @Schema(
                description = "Why it is in that state; absent if the state needs no reason",
                examples = "the task finished")
        @Nullable
        String reason,

        @Schema(description = "When the served session ends, as STS stated", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant expiration,

        @Schema(description = "When the controller calls STS for the next session", examples = Docs.TIME_EXAMPLE)
        @Nullable
        Instant renewAt,

        @Schema(
                description = "When the controller calls STS again after it returned no session",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        Instant retryAt) {
    /** The fields that depend on the state. */
    private record State(
            @Nullable String reason,
            @Nullable Instant expiration,
            @Nullable Instant renewAt,
            @Nullable Instant retryAt) {
        static State of(LeaseState state) {
            return switch (state) {
                case LeaseState.Pending pending -> new State(pending.reason(), null, null, null);
                case LeaseState.Active active -> new State(null, active.expiration(), active.renewAt(), null);
                case LeaseState.Renewing renewing -> new State(null, renewing.expiration(), null, null);
                case LeaseState.Failed failed -> new State(failed.reason(), null, null, failed.retryAt());
                case LeaseState.Reaped reaped -> new State(reaped.reason(), null, null, null);
            };
        }
    }

    /** The lease with every sentence as it is. */
    public static LeaseView of(Lease lease) {
        return of(lease, text -> text);
    }

    /**
     * The lease as a caller may see it.
     *
     * @param shown a sentence as the caller may read it
     */
    public static LeaseView of(Lease lease, UnaryOperator<String> shown) {
        State state = State.of(lease.state());
        return new LeaseView(
                lease.id().toString(),
                lease.launch().key().framework().value(),
                lease.launch().key().task().value(),
                lease.launch().key().agent().value(),
                lease.launch().sequence(),
                lease.name().value(),
                lease.role().arn(),
                lease.sessionName(),
                lease.policy().policyRow().map(Object::toString).orElse(null),
                lease.policy().grantRow().map(Object::toString).orElse(null),
                lease.policy().version().stream().boxed().findFirst().orElse(null),
                lease.witnessed(),
                lease.container().map(Object::toString).orElse(null),
                lease.createdAt(),
                lease.until().orElse(null),
                lease.state().text(),
                Optional.ofNullable(state.reason()).map(shown).orElse(null),
                state.expiration(),
                state.renewAt(),
                state.retryAt());
    }
}
