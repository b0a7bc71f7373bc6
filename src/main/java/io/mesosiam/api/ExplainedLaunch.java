package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One launch of a task: its decisions, waits, refusals and leases, with reasons. */
@RegisterForReflection(registerFullHierarchy = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "One launch of a task, and why it has its credentials, or none",
        requiredProperties = {
            "frameworkId",
            "taskId",
            "mesosAgentId",
            "launchSequence",
            "state",
            "witnessed",
            "task",
            "host",
            "decisions",
            "omittedDecisions",
            "waiting",
            "waitReasons",
            "waitsUntil",
            "withdrawals",
            "refusals",
            "leases"
        })
public record ExplainedLaunch(
        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1")
        long launchSequence,

        @Schema(description = "The task's state as Mesos calls it", examples = "TASK_RUNNING")
        String state,

        @Schema(description = Docs.CONTAINER_ID + "; absent until it is known", examples = Docs.CONTAINER_ID_EXAMPLE)
        @Nullable
        String containerId,

        @Schema(description = Docs.WITNESSED) boolean witnessed,

        @Schema(
                description = "The proven reason for its end; absent while it has not ended",
                examples = "the task finished")
        @Nullable
        String end,

        @Schema(
                description = "Since when it has no lease any more; absent while it has not ended, or if it had none",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String endedAt,

        @Schema(description = "The task's own values") ExplainedTask task,

        @Schema(description = "The agent of the launch's host")
        ExplainedHost host,

        @Schema(
                description =
                        "The decisions of the policies, by credential name; of at most 200 names, those of leases first")
        List<ExplainedDecision> decisions,

        @Schema(
                description =
                        "For how many credential names 'decisions' and the fields by credential name have nothing",
                minimum = "0",
                examples = "0")
        int omittedDecisions,

        @Schema(description = "Why there are no credentials, or no new ones, by credential name")
        Map<String, String> waiting,

        @Schema(
                description = "The code of that reason, by credential name: as in the metric mesosiam_lease_waiting,"
                        + " or, if a withdrawal stands, as in mesosiam_lease_refused",
                examples = "{\"default\": \"refused-by-aws\"}")
        Map<String, String> waitReasons,

        @Schema(
                description =
                        "When the next step happens without an event, by credential name: a retry, a renewal, an end")
        Map<String, Instant> waitsUntil,

        @Schema(description = "Standing withdrawals that cover the launch: while there is one, there is no lease")
        List<ExplainedWithdrawal> withdrawals,

        @Schema(description = "The refusals that its container gets instead of credentials")
        List<ExplainedRefusal> refusals,

        @Schema(description = "Its leases that this controller keeps, live and recently ended")
        List<LeaseView> leases) {
    /** When the last of the leases ended. */
    static Optional<Instant> endedAt(List<Lease> leases) {
        return leases.stream()
                .flatMap(lease -> lease.state() instanceof LeaseState.Reaped(String _, Instant at)
                        ? Stream.of(at)
                        : Stream.empty())
                .max(Comparator.naturalOrder());
    }

    /** How a task has ended, what its container gets under a name, and what policy gave it while it ran. */
    static String ended(TaskEnd end, String name, List<Refusal> refusals, List<Lease> leases, PolicyRows rows) {
        String answer = refusals.stream()
                .filter(refusal -> refusal.key().name().value().equals(name))
                .findFirst()
                .map(refusal -> "its container still runs and is refused with 403 "
                        + refusal.code().text())
                .orElse("its container gets no credentials");
        List<Lease> given = leases.stream()
                .filter(lease -> lease.name().value().equals(name))
                .toList();
        String before = given.isEmpty()
                ? "No lease of it is known here."
                : "While it ran it had " + given.getLast().role().arn() + " by "
                        + rows.usable(given.getLast().policy())
                                .map(Policy::title)
                                .orElse((given.getLast().policy().grant() ? "grant " : "policy ")
                                        + given.getLast().policy())
                        + endedAt(given).map(at -> ", until " + at + ".").orElse(".");
        return "the task has ended: " + end.describe() + "; " + answer + ". " + before;
    }

    /** A withdrawal in effect. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            description = "A standing withdrawal. It covers the launches that match all of its fields",
            requiredProperties = "reason")
    public record ExplainedWithdrawal(
            @Schema(
                    description = "Its id, to lift it by /api/v1/withdrawals/{id}/lift. Absent until its row is read",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String id,

            @Schema(description = "The reason in its row", examples = "evicted")
            String reason,

            @Schema(
                    description =
                            "The caller that created it; the database user for a withdrawal by SQL, or of a controller. Absent"
                                    + " until its row is read",
                    examples = "token:ci")
            @Nullable
            String madeBy,

            @Schema(description = "Only this credential name; absent: all", examples = Docs.CREDENTIAL_NAME_EXAMPLE)
            @Nullable
            String credentialName,

            @Schema(
                    description = "Only this framework; absent: all on the Mesos agent",
                    examples = Docs.FRAMEWORK_ID_EXAMPLE)
            @Nullable
            String frameworkId,

            @Schema(description = "Only this task id; absent: all of the framework's", examples = Docs.TASK_ID_EXAMPLE)
            @Nullable
            String taskId,

            @Schema(description = "Only this Mesos agent; absent: all", examples = Docs.MESOS_AGENT_ID_EXAMPLE)
            @Nullable
            String mesosAgentId,

            @Schema(description = "Only this launch; absent: later launches of the task id too", examples = "1")
            @Nullable
            Long launchSequence,

            @Schema(
                    description = "Only what this policy gives; absent: everything",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String policyId,

            @Schema(
                    description = "Only sessions of this IAM role; absent: of all",
                    examples = Docs.IAM_ROLE_ARN_EXAMPLE)
            @Nullable
            String iamRoleArn) {
        static ExplainedWithdrawal of(Withdrawal withdrawal, Sight sight) {
            boolean given = sight.everything()
                    || withdrawal.given().policy().filter(sight::sees).isPresent();
            return new ExplainedWithdrawal(
                    withdrawal.id().map(UUID::toString).orElse(null),
                    withdrawal.reason(),
                    withdrawal.madeBy().filter(_ -> sight.everything()).orElse(null),
                    withdrawal.name().map(Object::toString).orElse(null),
                    withdrawal.framework().map(id -> id.value()).orElse(null),
                    withdrawal.task().map(id -> id.value()).orElse(null),
                    withdrawal.agent().map(id -> id.value()).orElse(null),
                    withdrawal.sequence().isPresent() ? withdrawal.sequence().getAsLong() : null,
                    withdrawal
                            .given()
                            .policy()
                            .filter(_ -> given)
                            .map(PolicyId::toString)
                            .orElse(null),
                    withdrawal
                            .given()
                            .role()
                            .filter(_ -> given)
                            .map(IamRole::arn)
                            .orElse(null));
        }
    }

    /** A refusal, as its container receives it. */
    @Schema(
            description = "A refusal that a container gets instead of credentials",
            requiredProperties = {"credentialName", "code", "message"})
    public record ExplainedRefusal(
            @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
            String credentialName,

            @Schema(description = "The code that the container sees", examples = "DeniedByPolicy")
            String code,

            @Schema(description = "The message that the container sees", examples = "policy not-two denies it")
            String message) {
        static ExplainedRefusal of(Refusal refusal, Sight sight) {
            return new ExplainedRefusal(
                    refusal.key().name().value(), refusal.code().text(), sight.sentence(refusal.message()));
        }
    }
}
