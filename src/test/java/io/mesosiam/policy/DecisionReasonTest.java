package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.allow;
import static io.mesosiam.policy.Policies.denyAll;
import static io.mesosiam.policy.Policies.disabled;
import static io.mesosiam.policy.Policies.gift;
import static io.mesosiam.policy.Policies.label;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.sensitive;
import static io.mesosiam.policy.Policies.taskName;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reasons that a decision gives for each policy. */
class DecisionReasonTest {
    private static final Selector WEB = principal("svc-web");
    private static final Selector OTHERS = principal("svc-batch");
    private static final Subject TASK = Subjects.web();

    @Test
    void denyThatCannotBeEvaluatedStatesIt() {
        Decision decision = PolicySet.of(1, List.of(allow("a", 9), denyAll("d", Policies.rack("r1"))))
                .decide(Subjects.inRack("r\uFFFD"))
                .get(CredentialName.DEFAULT);

        assertThat(decision.verdicts())
                .extracting(Verdict::why)
                .contains("can't be evaluated, which counts as matching for a deny: Mesos agent attribute");
    }

    @Test
    void explainsEveryPolicyInEveryDecision() {
        PolicySet set = PolicySet.of(
                1,
                List.of(
                        allow("low", 0, WEB),
                        allow("top", 5, WEB),
                        allow("miss", 7, OTHERS, taskName("x")),
                        allow("labelled", 7, WEB, label("team", "ml")),
                        disabled(allow("off", 8)),
                        disabled(denyAll("off-deny")),
                        disabled(allow("off-miss", 8, OTHERS)),
                        disabled(named("off-logs", "logs", 8)),
                        named("logs", "logs", 9)));

        assertThat(set.decide(TASK).get(CredentialName.DEFAULT).verdicts())
                .extracting(v -> v.policyName() + ": " + v.result() + ", " + v.why())
                .containsExactly(
                        "logs: NO_MATCH, it concerns another credential name",
                        "off: DISABLED, no selector fails, but it is disabled",
                        "off-logs: DISABLED, no selector fails, but it is disabled, and concerns another credential name",
                        "off-miss: NO_MATCH, framework principal is not svc-batch",
                        "labelled: NO_MATCH, no label team=ml",
                        "miss: NO_MATCH, framework principal is not svc-batch",
                        "top: APPLIED, every selector holds",
                        "low: OVERRULED, policy top has priority 5",
                        "off-deny: DISABLED, no selector fails, but it is disabled");
    }

    @Test
    void explainsWhyAMatchIsWithheld() {
        Map<CredentialName, Decision> decisions = PolicySet.of(
                        1, List.of(allow("a", "default", 0, sensitive(gift("a")))))
                .decide(Subjects.reported());

        Decision decision = decisions.get(CredentialName.DEFAULT);
        assertThat(decision.summary())
                .isEqualTo("policy a would allow it, but it is sensitive, and the task's launch was not witnessed");
        assertThat(decision.verdicts()).extracting(Verdict::result).containsExactly(Verdict.Result.WITHHELD);
    }

    @Test
    void aConflictNamesFiveOfItsPolicies() {
        Decision decision = PolicySet.of(
                        1,
                        Stream.of("a", "b", "c", "d", "e", "f", "g")
                                .map(name -> allow(name, 0))
                                .toList())
                .decide(TASK)
                .get(CredentialName.DEFAULT);

        assertThat(decision.summary())
                .isEqualTo("policies of the same priority give different answers: a, b, c, d, e and 2 others");
        assertThat(decision.verdicts())
                .hasSize(7)
                .extracting(Verdict::why)
                .containsOnly("every selector holds; policies of the same priority give different answers");
    }

    private static Policy named(String name, String credentialName, int priority, Selector... selectors) {
        return allow(name, credentialName, priority, gift(name), selectors);
    }
}
