package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.allow;
import static io.mesosiam.policy.Policies.denyAll;
import static io.mesosiam.policy.Policies.gift;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.cluster.DecisionMemo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Decisions about a task that hundreds of policies match: what they hold grows with the policies, not with their square. */
class ManyPoliciesTest {
    private static final Subject TASK = Subjects.web();
    private static final String LONG = "n".repeat(600);

    @Test
    void theTextsOfAConflictGrowWithItsPolicies() {
        assertThat(texts(conflict(600))).isLessThan(3 * texts(conflict(300)));
    }

    @Test
    void allPoliciesOfAConflictHaveAPartInIt() {
        assertThat(conflict(600)).isInstanceOfSatisfying(Decision.Conflict.class, conflict -> {
            assertThat(conflict.policies()).hasSize(600);
            assertThat(conflict.standing()).hasSize(600);
            assertThat(conflict.verdicts()).hasSize(600).allSatisfy(verdict -> assertThat(verdict.result())
                    .isEqualTo(Verdict.Result.APPLIED));
        });
    }

    @Test
    void manyCredentialNamesHaveTheVerdictsOfTheirOwnPolicies() {
        PolicySet set = PolicySet.of(1, names(600));

        for (Map<CredentialName, Decision> decisions : List.of(set.outcomes(TASK), set.decide(TASK))) {
            assertThat(decisions).hasSize(600);
            assertThat(decisions.values())
                    .allSatisfy(decision -> assertThat(decision).isInstanceOf(Decision.Allowed.class));
            assertThat(verdicts(decisions.values())).isEqualTo(600);
        }
    }

    @Test
    void fewCredentialNamesHaveTheVerdictsOfAllPolicies() {
        assertThat(verdicts(PolicySet.of(1, names(100)).decide(TASK).values())).isEqualTo(100 * 100);
    }

    @Test
    void manyDeniesOfAllNamesDenyEachOfManyNames() {
        List<Policy> policies = new ArrayList<>(names(300));
        IntStream.range(0, 300).forEach(i -> policies.add(denyAll("deny-" + i)));
        PolicySet set = PolicySet.of(1, policies);

        for (Subject subject : List.of(TASK, Subjects.withoutFramework())) {
            Map<CredentialName, Decision> decisions = set.outcomes(subject);

            assertThat(decisions).hasSize(301);
            assertThat(decisions.values())
                    .allSatisfy(decision -> assertThat(decision).isInstanceOf(Decision.Denied.class))
                    .extracting(Decision::summary)
                    .containsOnly("policy deny-0 denies it");
            assertThat(verdicts(decisions.values())).isLessThan(20 * policies.size());
            assertThat(applied(decisions.get(CredentialName.DEFAULT))).isEqualTo(300);
        }
    }

    @Test
    void aMemoForgetsWhatBecomesTooLarge() {
        PolicySet set = PolicySet.of(
                1,
                Stream.concat(conflicting(500), Stream.of(allow("named", 0, Policies.taskName("absent"))))
                        .toList());
        DecisionMemo memo = new DecisionMemo(set);

        IntStream.range(0, 500).forEach(i -> assertThat(memo.decide(Subjects.named("task-" + i)))
                .hasSize(1));

        assertThat(memo.distinct()).isBetween(1, 450);
        assertThat(List.of("task-0", "task-499")).map(Subjects::named).allSatisfy(task -> assertThat(memo.decide(task))
                .isEqualTo(set.outcomes(task)));
    }

    private static Decision conflict(int policies) {
        return PolicySet.of(1, conflicting(policies).toList()).decide(TASK).get(CredentialName.DEFAULT);
    }

    private static Stream<Policy> conflicting(int policies) {
        return IntStream.range(0, policies).mapToObj(i -> allow(LONG + i, "default", 0, gift("r" + i)));
    }

    private static List<Policy> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> allow("p" + i, "name-" + i, 0, gift("r" + i)))
                .toList();
    }

    private static long texts(Decision decision) {
        return decision.summary().length()
                + decision.verdicts().stream()
                        .mapToLong(verdict ->
                                verdict.policyName().length() + verdict.why().length())
                        .sum();
    }

    private static int verdicts(Collection<Decision> decisions) {
        return decisions.stream()
                .mapToInt(decision -> decision.verdicts().size())
                .sum();
    }

    private static long applied(Decision decision) {
        return decision.verdicts().stream()
                .filter(verdict -> verdict.result() == Verdict.Result.APPLIED)
                .count();
    }
}
