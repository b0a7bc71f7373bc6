package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a task has what it has, or hasn't.
 *
 * @param policyVersion the version of the policy table that was decided by
 * @param clusterVersion the version of the cluster's state that was decided by
 * @param launches each run of the task id that is known, the newest first
 */
public record TaskExplanation(
        String frameworkId, String taskId, long policyVersion, long clusterVersion, List<ExplainedLaunch> launches) {

    /**
     * One run.
     *
     * @param state Mesos's own word, {@code TASK_RUNNING}
     * @param end why it is known to have ended; absent while it isn't
     * @param waiting by credential name, what the next step waits for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ExplainedLaunch(
            String mesosAgentId,
            long launchSequence,
            String state,
            @Nullable String containerId,
            boolean witnessed,
            @Nullable String end,
            List<ExplainedDecision> decisions,
            Map<String, String> waiting,
            List<LeaseView> leases) {
        static ExplainedLaunch of(
                LaunchedTask task,
                Map<CredentialName, Decision> decisions,
                Map<CredentialName, String> waiting,
                List<LeaseView> leases) {
            return new ExplainedLaunch(
                    task.launch().key().agent().value(),
                    task.launch().sequence(),
                    "TASK_" + task.task().state(),
                    task.task().container().map(Object::toString).orElse(null),
                    task.witnessed(),
                    task.end().map(TaskEnd::describe).orElse(null),
                    decisions.entrySet().stream()
                            .map(entry -> ExplainedDecision.of(entry.getKey(), entry.getValue()))
                            .toList(),
                    byName(waiting),
                    leases);
        }

        private static Map<String, String> byName(Map<CredentialName, String> waiting) {
            Map<String, String> sorted = new TreeMap<>();
            waiting.forEach((name, reason) -> sorted.put(name.value(), reason));
            return sorted;
        }
    }

    /**
     * What the policies say under one credential name.
     *
     * @param decision {@code allowed}, {@code denied}, {@code conflict}, {@code no-policy} or {@code pending}
     * @param policies those that decided
     * @param selfAsserted whether a selector was needed that only the task's own framework vouches for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ExplainedDecision(
            String credentialName,
            String decision,
            @Nullable String iamRoleArn,
            List<String> policies,
            boolean selfAsserted,
            String summary,
            List<ExplainedVerdict> verdicts) {
        static ExplainedDecision of(CredentialName name, Decision decision) {
            return switch (decision) {
                case Decision.Allowed allowed ->
                    of(
                            name,
                            decision,
                            "allowed",
                            allowed.entitlement().role().arn(),
                            List.of(allowed.policy().toString()),
                            allowed.selfAsserted());
                case Decision.Denied denied ->
                    of(name, decision, "denied", null, List.of(denied.policy().toString()), false);
                case Decision.Conflict conflict ->
                    of(
                            name,
                            decision,
                            "conflict",
                            null,
                            conflict.policies().stream().map(Object::toString).toList(),
                            false);
                case Decision.NoMatch _ -> of(name, decision, "no-policy", null, List.of(), false);
                case Decision.Pending _ -> of(name, decision, "pending", null, List.of(), false);
            };
        }

        private static ExplainedDecision of(
                CredentialName name,
                Decision decision,
                String word,
                @Nullable String role,
                List<String> policies,
                boolean selfAsserted) {
            return new ExplainedDecision(
                    name.value(),
                    word,
                    role,
                    policies,
                    selfAsserted,
                    decision.summary(),
                    decision.verdicts().stream().map(ExplainedVerdict::of).toList());
        }
    }

    /**
     * How one policy fared.
     *
     * @param result {@code applied}, {@code overruled}, {@code withheld} or {@code no-match}
     */
    public record ExplainedVerdict(
            String policyId, String policyName, String effect, int priority, String result, String why) {
        static ExplainedVerdict of(Verdict verdict) {
            return new ExplainedVerdict(
                    verdict.policy().toString(),
                    verdict.policyName(),
                    verdict.effect().name().toLowerCase(Locale.ROOT),
                    verdict.priority(),
                    verdict.result().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    verdict.why());
        }
    }
}
