package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.JsonText;
import io.mesosiam.admin.Policies;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Selector.MatchResult;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.SubjectValues;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The decision of the policies for one credential name. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "The decision of the policies for one credential name",
        requiredProperties = {
            "credentialName",
            "decision",
            "policies",
            "selfAsserted",
            "summary",
            "verdicts",
            "omittedVerdicts"
        })
public record ExplainedDecision(
        @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        String credentialName,

        @Schema(
                description = "allowed: an IAM role is given. denied: a deny matches. conflict: policies of one"
                        + " priority give different credentials. no-policy: none matches. pending: it"
                        + " can't be decided yet. withdrawn: a withdrawal stands, whatever the policies"
                        + " allow. ended: the task has ended, whatever the policies allow now",
                enumeration = {"allowed", "denied", "conflict", "no-policy", "pending", "withdrawn", "ended"},
                examples = "allowed")
        String decision,

        @Schema(description = Docs.IAM_ROLE_ARN + "; only for allowed", examples = Docs.IAM_ROLE_ARN_EXAMPLE) @Nullable
        String iamRoleArn,

        @Schema(description = "The ids of the policies and launch grants that decided")
        List<String> policies,

        @Schema(
                description = "Whether the decision depends on a self-asserted value, which only the task's own"
                        + " framework states")
        boolean selfAsserted,

        @Schema(description = "The decision in a sentence", examples = "policy not-two denies it")
        String summary,

        @Schema(
                description =
                        "The policies that have a part in the decision, then the others that were considered, then the"
                                + " rows that can't be used; see 'omittedVerdicts'")
        List<ExplainedVerdict> verdicts,

        @Schema(
                description =
                        "How many of them 'verdicts' doesn't have. For each launch it has at most 1000 policies without a part in"
                                + " the decision, 1000 rows that can't be used, and 1 MiB in all, which its credential names"
                                + " share equally",
                minimum = "0",
                examples = "0")
        int omittedVerdicts) {
    /** Every decision about one launch. */
    public static Stream<ExplainedDecision> of(
            Map<CredentialName, Decision> decisions,
            Map<CredentialName, Withdrawal> withdrawn,
            Subject subject,
            PolicyRows rows) {
        return decisions.entrySet().stream()
                .map(each -> of(
                        each.getKey(),
                        each.getValue(),
                        Optional.ofNullable(withdrawn.get(each.getKey())),
                        new ListedVerdicts(each.getValue().verdicts(), subject, rows, decisions.size()),
                        rows));
    }

    private static ExplainedDecision of(
            CredentialName name,
            Decision decision,
            Optional<Withdrawal> withdrawn,
            ListedVerdicts verdicts,
            PolicyRows rows) {
        if (withdrawn.isPresent()) {
            return new ExplainedDecision(
                    name.value(),
                    "withdrawn",
                    null,
                    List.of(),
                    false,
                    rows.sight()
                            .sentence("withdrawn: " + withdrawn.get().describe() + ". Without the withdrawal: "
                                    + decision.summary()),
                    verdicts.listed(),
                    verdicts.omitted());
        }
        return switch (decision) {
            case Decision.Allowed allowed -> {
                boolean seen = rows.sight().sees(allowed.policy());
                yield new ExplainedDecision(
                        name.value(),
                        "allowed",
                        seen ? allowed.entitlement().role().arn() : null,
                        seen ? List.of(allowed.policy().toString()) : List.of(),
                        seen && allowed.selfAsserted(),
                        rows.sight().sentence(decision.summary()),
                        verdicts.listed(),
                        verdicts.omitted());
            }
            case Decision.Denied denied -> nothing(name, "denied", List.of(denied.policy()), decision, verdicts, rows);
            case Decision.Conflict conflict -> nothing(name, "conflict", conflict.policies(), decision, verdicts, rows);
            case Decision.NoMatch _ -> nothing(name, "no-policy", List.of(), decision, verdicts, rows);
            case Decision.Undecided _ -> nothing(name, "pending", List.of(), decision, verdicts, rows);
        };
    }

    /** The same of a task that has ended: it gets nothing, whatever the policies decide. */
    ExplainedDecision ended(String how) {
        return new ExplainedDecision(
                credentialName,
                "ended",
                null,
                List.of(),
                false,
                how + " The policies in force now, for a task like it that runs: " + summary,
                verdicts,
                omittedVerdicts);
    }

    private static ExplainedDecision nothing(
            CredentialName name,
            String word,
            List<PolicyId> policies,
            Decision decision,
            ListedVerdicts verdicts,
            PolicyRows rows) {
        return new ExplainedDecision(
                name.value(),
                word,
                null,
                policies.stream()
                        .filter(rows.sight()::sees)
                        .map(Object::toString)
                        .toList(),
                false,
                rows.sight().sentence(decision.summary()),
                verdicts.listed(),
                verdicts.omitted());
    }

    /** The result of one policy. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            description = "The result of one policy",
            requiredProperties = {"policyName", "result", "why", "failedSelectors"})
    public record ExplainedVerdict(
            @Schema(
                    description =
                            Docs.POLICY_ID
                                    + "; absent for a launch grant, and for a policy of a namespace that the caller doesn't see",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String policyId,

            @Schema(
                    description = "The id of the launch grant; absent for a policy",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String grantId,

            @Schema(
                    description = "Its name, preceded by its namespace unless that is the root; in place of a policy"
                            + " of a namespace that the caller doesn't see: a policy outside your namespaces",
                    examples = "/data/nightly-report")
            String policyName,

            @Schema(
                    description = "deny beats every allow; absent if the row's effect can't be read",
                    enumeration = {"allow", "deny"},
                    examples = "allow")
            @Nullable
            String effect,

            @Schema(
                    description = "Of the allows that match, those with the highest number decide; absent for unusable",
                    examples = "0")
            @Nullable
            Integer priority,

            @Schema(
                    description = "applied: part of the decision. overruled: another policy takes precedence."
                            + " withheld: it matches and gives this task nothing. out-of-bounds: it violates a bound of"
                            + " its namespaces and gives nothing. unavailable: a launch grant for the task that is suspended, has ended, is bound to another launch, or is sensitive while the launch was not witnessed. no-match: a selector doesn't hold. disabled: no selector fails, but the policy is disabled. undecided: a"
                            + " selector can't be evaluated yet, or a launch grant is being bound. unusable: the row can't be used and gives nothing,"
                            + " whichever tasks it selects",
                    enumeration = {
                        "applied",
                        "overruled",
                        "withheld",
                        "out-of-bounds",
                        "unavailable",
                        "no-match",
                        "disabled",
                        "undecided",
                        "unusable"
                    },
                    examples = "applied")
            String result,

            @Schema(description = "Why, in a sentence", examples = "every selector holds")
            String why,

            @Schema(description = "Every selector that doesn't hold, or can't be evaluated, with the task's own values")
            List<FailedSelector> failedSelectors) {
        /** Of a sentence, and of a value of the task, in characters. */
        private static final int LONGEST = 1024;

        /** The JSON without texts, in characters. */
        private static final int OTHERS = 256;

        /** About the characters of its JSON. */
        long length() {
            return OTHERS
                    + policyName.length()
                    + why.length()
                    + failedSelectors.stream().mapToLong(FailedSelector::length).sum();
        }

        static ExplainedVerdict unusable(RejectedRow row) {
            return new ExplainedVerdict(
                    row.policy().toString(),
                    null,
                    row.name(),
                    row.effect().map(ExplainedVerdict::word).orElse(null),
                    null,
                    "unusable",
                    "the row can't be used: " + JsonText.shortened(Policies.inJson(row.reason()), LONGEST),
                    List.of());
        }

        private static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** A policy that the caller may not know has a part in the decision: its effect and result explain it. */
        private static ExplainedVerdict hidden(Verdict verdict) {
            return new ExplainedVerdict(
                    null,
                    null,
                    Sight.HIDDEN,
                    word(verdict.effect()),
                    null,
                    word(verdict.result()),
                    "it belongs to a namespace in which you have no role",
                    List.of());
        }

        static ExplainedVerdict of(Verdict verdict, PolicyRows rows, Subject subject) {
            if (!rows.sight().sees(verdict.policy())) {
                return hidden(verdict);
            }
            return new ExplainedVerdict(
                    verdict.policy().policyRow().map(Object::toString).orElse(null),
                    verdict.policy().grantRow().map(Object::toString).orElse(null),
                    verdict.policyName(),
                    word(verdict.effect()),
                    verdict.priority(),
                    word(verdict.result()),
                    JsonText.shortened(rows.sight().sentence(verdict.why()), LONGEST),
                    rows.usable(verdict.policy()).map(Policy::selectors).orElse(List.of()).stream()
                            .filter(selector -> selector.match(subject) != MatchResult.HOLDS)
                            .map(selector -> FailedSelector.of(selector, subject))
                            .toList());
        }
    }

    /** A selector that does not match, with the task's own values. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            description = "A selector that doesn't hold, with the task's own values",
            requiredProperties = {"attribute", "wanted"})
    public record FailedSelector(
            @Schema(
                    description = "What the selector compares",
                    enumeration = {
                        "framework_principal",
                        "framework_name",
                        "mesos_role",
                        "task_name",
                        "task_user",
                        "image",
                        "label",
                        "agent_attribute"
                    },
                    examples = "task_name")
            String attribute,

            @Schema(description = "Which label or attribute; absent for other selectors", examples = "team") @Nullable
            String key,

            @Schema(description = "The required value, as written in the policy", examples = "report-*")
            String wanted,

            @Schema(
                    description = "The task's values: several for a label that occurs several times, none if it has"
                            + " none; absent if they aren't known now. The first 16, and 1024 characters of each;"
                            + " 'task' has them whole")
            @Nullable
            List<String> actual) {
        private static final int MOST = 16;

        /** The JSON without texts, in characters. */
        private static final int OTHERS = 64;

        private long length() {
            return OTHERS
                    + wanted.length()
                    + Stream.ofNullable(actual)
                            .flatMap(List::stream)
                            .mapToLong(String::length)
                            .sum();
        }

        static FailedSelector of(Selector selector, Subject subject) {
            return new FailedSelector(
                    selector.attribute().name().toLowerCase(Locale.ROOT),
                    selector.key().orElse(null),
                    selector.wanted(),
                    new SubjectValues(subject)
                            .of(selector)
                            .map(values -> values.stream()
                                    .limit(MOST)
                                    .map(value -> JsonText.shortened(value, ExplainedVerdict.LONGEST))
                                    .toList())
                            .orElse(null));
        }
    }
}
