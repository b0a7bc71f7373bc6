package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.allow;
import static io.mesosiam.policy.Policies.denyAll;
import static io.mesosiam.policy.Policies.gift;
import static io.mesosiam.policy.Policies.id;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.rack;
import static io.mesosiam.policy.Policies.sensitive;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a decision contains while a deny, an allow or the framework can't be evaluated yet. */
class PendingDecisionTest {
    private static final Selector WEB = principal("svc-web");
    private static final Selector OTHERS = principal("svc-batch");

    @ParameterizedTest(name = "{0}")
    @MethodSource("pendingCases")
    void pendingDecisionContainsWhatMatchingOrPossiblyMatchingAllowsGive(
            String name, List<Policy> policies, Subject subject, List<String> standing) {
        assertThat(PolicySet.of(1, policies).decide(subject).get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Undecided.class, pending -> assertThat(policies.stream()
                                .filter(policy -> pending.standing().containsKey(policy.id()))
                                .map(Policy::name))
                        .containsExactlyElementsOf(standing));
    }

    static Stream<Arguments> pendingCases() {
        return Stream.of(
                Arguments.of(
                        "a deny that can't be evaluated yet",
                        List.of(allow("a", 0), allow("other", 0, OTHERS), denyAll("d", rack("r1"))),
                        Subjects.withoutAgent(),
                        List.of("a")),
                Arguments.of(
                        "an allow that can't be evaluated yet",
                        List.of(allow("a", 1, rack("r1")), allow("b", 0)),
                        Subjects.withoutAgent(),
                        List.of("a", "b")),
                Arguments.of(
                        "a policy of lower priority than a certain match gives nothing",
                        List.of(allow("b", 9), allow("a", 0), denyAll("d", rack("r1"))),
                        Subjects.withoutAgent(),
                        List.of("b")),
                Arguments.of(
                        "policies of a higher priority conflict, which ends no lease",
                        List.of(allow("b", 9), allow("c", 9), allow("a", 0), denyAll("d", rack("r1"))),
                        Subjects.withoutAgent(),
                        List.of("b", "c", "a")),
                Arguments.of(
                        "policies of a higher priority may conflict, which ends no lease",
                        List.of(allow("b", 9), allow("c", 9, rack("r1")), allow("a", 0)),
                        Subjects.withoutAgent(),
                        List.of("b", "c", "a")),
                Arguments.of(
                        "a framework that is not visible, so that framework selectors can't be evaluated",
                        List.of(allow("a", 0, WEB), allow("b", 0)),
                        Subjects.withoutFramework(),
                        List.of()));
    }

    @Test
    void onlyWhatAPendingDecisionContainsCanBeGivenIfAllPoliciesCanBeRead() {
        List<Policy> policies = List.of(allow("b", 0), denyAll("d", rack("r2")));

        assertThat(PolicySet.of(1, policies).decide(Subjects.withoutAgent()).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.Narrowed.class);
        assertThat(PolicySet.of(1, policies).decide(Subjects.withoutFramework()).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.Pending.class);
    }

    /** The row may be the allow that gave a lease. */
    @Test
    void nothingIsDecidedForTasksOfARowWhoseEffectCannotBeRead() {
        RejectedRow row = new RejectedRow(
                Policies.id("r"),
                "r",
                Optional.empty(),
                "effect: 'x' is not known",
                RejectedRow.Consequence.HOLDS_BACK);
        PolicySet set = new PolicySet(
                1, List.of(), List.of(new UnusableRow(row, Optional.of(denyAll("r", WEB)))), List.of(), false);

        assertThat(set.decide(Subjects.web()).get(CredentialName.DEFAULT)).isInstanceOf(Decision.Pending.class);
    }

    @Test
    void denyThatCannotBeReadCompletelyDoesNotMakeATaskWithoutAnAllowPending() {
        assertThat(withRow(Optional.of(Effect.DENY)).decide(Subjects.web()).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.NoMatch.class);
    }

    private static PolicySet withRow(Optional<Effect> effect) {
        Policy row = denyAll("row", WEB);
        RejectedRow rejected = new RejectedRow(row.id(), "row", effect, "a column", Consequence.HOLDS_BACK);
        return new PolicySet(1, List.of(), List.of(new UnusableRow(rejected, Optional.of(row))), List.of(), false);
    }

    @Test
    void conflictContainsWhatAnAllowOfLowerPriorityMayGive() {
        List<Policy> policies = List.of(allow("b", 9), allow("c", 9), allow("a", 0, rack("r1")));

        assertThat(standing(policies, Subjects.withoutAgent())).contains(id("a"));
        assertThat(standing(policies, Subjects.inRack("r2"))).doesNotContain(id("a"));
    }

    private static Set<PolicyId> standing(List<Policy> policies, Subject subject) {
        return ((Decision.Conflict) decide(policies, subject)).standing().keySet();
    }

    @Test
    void conflictIsPendingWhileEverythingIsWithheldBecauseTheFlagsAreNotKnown() {
        List<Policy> policies = List.of(allow("a", 0), allow("b", 0));

        assertThat(decide(policies, Subjects.unenforced())).isInstanceOf(Decision.Pending.class);
        assertThat(decide(policies, Subjects.web())).isInstanceOf(Decision.Conflict.class);
    }

    @Test
    void whatIsWithheldFromATaskIsNotAmongWhatCanBeGiven() {
        List<Policy> policies = List.of(allow("s", "default", 0, sensitive(gift("s"))), denyAll("d", rack("r1")));

        assertThat(decide(policies, Subjects.reportedWithoutAgent()))
                .isInstanceOfSatisfying(Decision.Narrowed.class, narrowed -> assertThat(narrowed.standing())
                        .isEmpty());
        assertThat(decide(policies, Subjects.withoutAgent()))
                .isInstanceOfSatisfying(Decision.Narrowed.class, narrowed -> assertThat(narrowed.standing())
                        .hasSize(1));
    }

    private static Decision decide(List<Policy> policies, Subject subject) {
        return Optional.ofNullable(PolicySet.of(1, policies).decide(subject).get(CredentialName.DEFAULT))
                .orElseThrow();
    }
}
