package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.withdrawal.EndReview;
import io.mesosiam.admin.withdrawal.StoredWithdrawal;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.DependentRequired;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A withdrawal as it is stored. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "StoredWithdrawal",
        description =
                "Ends the leases of every launch that agrees with all fields that are set, and permits no new one, until it is lifted",
        requiredProperties = {"id", "reason", "madeBy", "madeAt"})
public record WithdrawalView(
        @Schema(description = "Its id", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String id,

        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE) @Nullable
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE) @Nullable
        String taskId,

        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE) @Nullable
        String mesosAgentId,

        @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1") @Nullable
        Long launchSequence,

        @Schema(description = Docs.CREDENTIAL_NAME + "; absent for all", examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        @Nullable
        String credentialName,

        @Schema(
                description = "The policy whose leases it covers; absent for all",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String policyId,

        @Schema(
                description = "The IAM role whose leases it covers; absent for all",
                examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        @Nullable
        String iamRoleArn,

        @Schema(description = "Why", examples = AdminDocs.REASON_EXAMPLE)
        String reason,

        @Schema(
                description = "The caller that withdrew; the database user for a withdrawal by SQL, or of a controller",
                examples = "token:ci")
        String madeBy,

        @Schema(description = "When", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String madeAt,

        @Schema(
                description =
                        "When the last session of the live leases that it covered when it was made expires, and keys"
                                + " that tasks have copied with it; absent if none had a session, or if an earlier version"
                                + " made it",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String keysValidUntil,

        @Schema(
                description = "When it was lifted; absent while it stands",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String liftedAt,

        @Schema(description = "The caller that lifted it; the database user for a change by SQL", examples = "token:ci")
        @Nullable
        String liftedBy,

        @Schema(
                description =
                        "What is probably not intended, such as an id that the cluster doesn't show. Only in the answer that"
                                + " makes it")
        @Nullable
        List<String> warnings,

        @Schema(
                description =
                        "Those of the leases that it covers and that end later; absent if there are none. Only in the"
                                + " answer that makes it")
        @Nullable
        EndedLaterView endedLater) {
    public static WithdrawalView of(StoredWithdrawal withdrawal) {
        return of(withdrawal, null, null);
    }

    /**
     * A withdrawal that was just made.
     *
     * @param named what is probably wrong with its ids
     * @param ended empty if that is not known
     */
    static WithdrawalView made(StoredWithdrawal withdrawal, List<String> named, Optional<EndReview.Ended> ended) {
        return of(
                withdrawal,
                WithdrawalPreviewView.warnings(
                        ended.map(EndReview.Ended::leases).orElse(0L), named),
                ended.flatMap(it -> EndedLaterView.of(it.later())).orElse(null));
    }

    private static WithdrawalView of(
            StoredWithdrawal withdrawal, @Nullable List<String> warnings, @Nullable EndedLaterView endedLater) {
        return new WithdrawalView(
                withdrawal.id().toString(),
                withdrawal.frameworkId().orElse(null),
                withdrawal.taskId().orElse(null),
                withdrawal.mesosAgentId().orElse(null),
                withdrawal.launchSequence().orElse(null),
                withdrawal.credentialName().orElse(null),
                withdrawal.policyId().map(Object::toString).orElse(null),
                withdrawal.iamRoleArn().orElse(null),
                withdrawal.reason(),
                withdrawal.madeBy(),
                withdrawal.madeAt().toString(),
                withdrawal.keysValidUntil().map(Instant::toString).orElse(null),
                withdrawal.liftedAt().map(Instant::toString).orElse(null),
                withdrawal.liftedBy().orElse(null),
                warnings,
                endedLater);
    }

    /** A page. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "WithdrawalPage",
            description = "A page of withdrawals",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Items with the selected fields, in the order of 'sort'; see StoredWithdrawal",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<JsonNode> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}

    /** The body of a request that creates one, as {@code openapi.yaml} describes it. */
    @Schema(
            name = "NewWithdrawal",
            description =
                    "Which launches are concerned: those that agree with every field. frameworkId, mesosAgentId, policyId or iamRoleArn is needed",
            dependentRequired = {
                @DependentRequired(
                        name = "taskId",
                        requires = {"frameworkId"}),
                @DependentRequired(
                        name = "launchSequence",
                        requires = {"frameworkId", "taskId", "mesosAgentId"})
            })
    record Request(
            @Schema(
                    description = Docs.FRAMEWORK_ID,
                    maxLength = Parameters.MAX_TEXT,
                    pattern = Forms.MESOS_ID,
                    examples = Docs.FRAMEWORK_ID_EXAMPLE)
            @Nullable
            String frameworkId,

            @Schema(
                    description = Docs.TASK_ID + "; needs frameworkId",
                    maxLength = Parameters.MAX_TEXT,
                    pattern = Forms.MESOS_ID,
                    examples = Docs.TASK_ID_EXAMPLE)
            @Nullable
            String taskId,

            @Schema(
                    description = Docs.MESOS_AGENT_ID,
                    maxLength = Parameters.MAX_TEXT,
                    pattern = Forms.MESOS_ID,
                    examples = Docs.MESOS_AGENT_ID_EXAMPLE)
            @Nullable
            String mesosAgentId,

            @Schema(
                    description = "One launch of the task on that Mesos agent; needs the other ids",
                    minimum = "1",
                    maximum = "1000000000",
                    examples = "1")
            @Nullable
            Long launchSequence,

            @Schema(
                    description = Docs.CREDENTIAL_NAME + ". Default: all",
                    pattern = Forms.CREDENTIAL_NAME,
                    examples = Docs.CREDENTIAL_NAME_EXAMPLE)
            @Nullable
            String credentialName,

            @Schema(
                    description = "The policy whose leases are concerned. Default: all",
                    pattern = Forms.STORED_ID,
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String policyId,

            @Schema(
                    description = "The IAM role whose leases are concerned. Default: all",
                    maxLength = Forms.LONGEST_ARN,
                    pattern = Forms.IAM_ROLE,
                    examples = Docs.IAM_ROLE_ARN_EXAMPLE)
            @Nullable
            String iamRoleArn) {}
}
