package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.api.ExplainedDecision.ExplainedVerdict;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Subjects;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Decisions by more policies than an explanation can list. */
class ExplainedDecisionTest {
    private static final String LONG = "v".repeat(5000);

    @Test
    void policiesWithAPartInTheDecisionAreListedBeforeTheOthers() {
        List<Policy> policies = new ArrayList<>(others(3));
        policies.add(Policies.allow("web", "default", -1, Policies.gift("web")));

        assertThat(explain(set(policies, 0), Subjects.web())).singleElement().satisfies(decision -> {
            assertThat(decision.verdicts())
                    .extracting(ExplainedVerdict::policyName, ExplainedVerdict::result)
                    .containsExactly(
                            tuple("web", "applied"),
                            tuple("other-1000", "no-match"),
                            tuple("other-1001", "no-match"),
                            tuple("other-1002", "no-match"));
            assertThat(decision.omittedVerdicts()).isZero();
        });
    }

    @Test
    void aThousandPoliciesWithoutAPartAndAThousandUnusableRowsAreListedAndTheOthersCounted() {
        List<Policy> policies = new ArrayList<>(others(1003));
        policies.add(Policies.allow("web", "default", -1, Policies.gift("web")));

        assertThat(explain(set(policies, 1005), Subjects.web())).singleElement().satisfies(decision -> {
            assertThat(decision.decision()).isEqualTo("allowed");
            assertThat(decision.verdicts())
                    .hasSize(2001)
                    .first()
                    .extracting(ExplainedVerdict::policyName)
                    .isEqualTo("web");
            assertThat(decision.omittedVerdicts()).isEqualTo(3 + 5);
        });
    }

    @Test
    void credentialNamesOfALaunchShareWhatIsListed() {
        List<Policy> policies = new ArrayList<>(others(1000));
        policies.add(Policies.allow("one", "one", -1, Policies.gift("one")));
        policies.add(Policies.allow("two", "two", -1, Policies.gift("two")));

        assertThat(explain(set(policies, 0), Subjects.web()))
                .hasSize(2)
                .allSatisfy(decision -> assertThat(decision.verdicts()).hasSizeBetween(501, 502));
    }

    @Test
    void verdictsEndOnceTheyHaveAMebibyteButOneIsListed() {
        List<Policy> policies = IntStream.range(0, 1000)
                .mapToObj(i -> Policies.allow(
                        "other-" + i,
                        "default",
                        0,
                        Policies.gift("other"),
                        Policies.label("team", "x"),
                        Policies.taskName("absent")))
                .toList();
        Subject subject = Subjects.labelled("team", LONG);

        assertThat(explain(set(policies, 0), subject)).singleElement().satisfies(decision -> {
            assertThat(decision.verdicts()).hasSizeBetween(500, 900);
            assertThat(decision.verdicts().size() + decision.omittedVerdicts()).isEqualTo(1000);
        });
    }

    @Test
    void longValuesOfATaskAreShortened() {
        PolicySet set =
                set(List.of(Policies.allow("web", "default", 0, Policies.gift("web"), Policies.label("team", "x"))), 0);

        assertThat(explain(set, Subjects.labelled("team", LONG)).getFirst().verdicts())
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.failedSelectors())
                        .singleElement()
                        .satisfies(failed -> assertThat(failed.actual()).containsExactly("v".repeat(1024) + "…")));
    }

    private static List<Policy> others(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Policies.allow(
                        "other-" + (1000 + i), "default", 0, Policies.gift("other"), Policies.taskName("absent")))
                .toList();
    }

    private static PolicySet set(List<Policy> policies, int unusable) {
        return new PolicySet(
                1,
                policies,
                IntStream.range(0, unusable)
                        .mapToObj(i -> new UnusableRow(
                                new RejectedRow(
                                        Policies.id("bad-" + i),
                                        "bad-" + i,
                                        Optional.of(Effect.ALLOW),
                                        "sharing: 'x' is not known",
                                        RejectedRow.Consequence.NONE),
                                Optional.empty()))
                        .toList(),
                List.of(),
                false);
    }

    private static List<ExplainedDecision> explain(PolicySet set, Subject subject) {
        return ExplainedDecision.of(set.decide(subject), Map.of(), subject, PolicyRows.of(set, Sight.everything(set)))
                .toList();
    }
}
