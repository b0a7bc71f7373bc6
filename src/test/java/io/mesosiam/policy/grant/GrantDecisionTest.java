package io.mesosiam.policy.grant;

import static io.mesosiam.policy.grant.TestGrants.PRINCIPAL;
import static io.mesosiam.policy.grant.TestGrants.forTask;
import static io.mesosiam.policy.grant.TestGrants.holder;
import static io.mesosiam.policy.grant.TestGrants.id;
import static io.mesosiam.policy.grant.TestGrants.labelled;
import static io.mesosiam.policy.grant.TestGrants.staged;
import static io.mesosiam.policy.grant.TestGrants.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.NamespaceLimits;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.TaskScope;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How launch grants take part in decisions. */
class GrantDecisionTest {
    private static final TaskContainer MINE = holder("t-1", "c-2");
    private static final TaskContainer OTHER = holder("t-2", "c-3");
    private static final String LABEL = id("g").toString();
    private static final Subject TASK = task(MINE, PRINCIPAL, LABEL);

    @Test
    void boundGrantPrecedesAnAllowOfAnyPriority() {
        Decision decision = decide(
                TASK,
                List.of(Policies.allow("p", Integer.MAX_VALUE, Policies.principal(PRINCIPAL))),
                labelled("g", "a", new State.Bound(MINE)));

        assertThat(decision).isInstanceOfSatisfying(Decision.Allowed.class, allowed -> {
            assertThat(allowed.policy()).isEqualTo(PolicyId.ofGrant(id("g")));
            assertThat(allowed.entitlement()).isEqualTo(Policies.gift("a"));
            assertThat(allowed.selfAsserted()).isTrue();
            assertThat(allowed.summary()).isEqualTo("grant " + id("g") + " allows it");
            assertThat(allowed.verdicts())
                    .extracting(Verdict::result)
                    .containsExactlyInAnyOrder(Result.APPLIED, Result.OVERRULED);
        });
    }

    @Test
    void denyPrecedesAGrant() {
        assertThat(decide(
                        TASK,
                        List.of(Policies.denyAll("no", Policies.principal(PRINCIPAL))),
                        labelled("g", "a", new State.Bound(MINE))))
                .isInstanceOf(Decision.Denied.class);
    }

    /** Until then nothing else is given, and nothing ends. */
    @Test
    void fittingUnboundGrantHasToBeBoundFirst() {
        Decision decision = decide(
                TASK,
                List.of(Policies.allow("p", 9, Policies.principal(PRINCIPAL))),
                labelled("g", "a", new State.Unbound()));

        assertThat(decision).isInstanceOfSatisfying(Decision.Unbound.class, unbound -> {
            assertThat(unbound.grant()).isEqualTo(PolicyId.ofGrant(id("g")));
            assertThat(unbound.summary()).isEqualTo("grant " + id("g") + " is being bound to the launch");
        });
    }

    @Test
    void untilAGrantIsBoundWhatPoliciesGiveMayBeTheResult() {
        List<Policy> given = List.of(
                Policies.allow("low", 1, Policies.principal(PRINCIPAL)),
                Policies.allow("high", 9, Policies.principal(PRINCIPAL)));

        assertThat(decide(TASK, given, labelled("g", "a", new State.Unbound())))
                .isInstanceOfSatisfying(Decision.Unbound.class, unbound -> {
                    assertThat(unbound.standing())
                            .containsOnlyKeys(
                                    PolicyId.ofGrant(id("g")), given.getLast().id());
                    assertThat(unbound.exhaustive()).isTrue();
                });
    }

    /** The grant is not bound then: the deny may hold. */
    @Test
    void whatAPolicyGivesMayStayAlsoWhileADenyAndAnUnboundGrantLeaveItOpen() {
        Subject elsewhere = new Subject(TASK.task(), TASK.framework(), Optional.empty(), true, TASK.enforcement());
        Policy given = Policies.allow("p", 9, Policies.principal(PRINCIPAL));
        Policy deny = Policies.denyAll("no", Policies.rack("r-1"));

        assertThat(decide(elsewhere, List.of(given, deny), labelled("g", "a", new State.Unbound())))
                .isInstanceOfSatisfying(Decision.Narrowed.class, open -> assertThat(open.standing())
                        .containsOnlyKeys(PolicyId.ofGrant(id("g")), given.id()));
    }

    @Test
    void taskOfAnotherPrincipalGetsNothingForTheLabel() {
        Subject stranger = task(OTHER, "svc-other", LABEL);

        assertThat(decide(stranger, List.of(), labelled("g", "a", new State.Unbound())))
                .isInstanceOf(Decision.NoMatch.class);
        assertThat(set(List.of(), labelled("g", "a", new State.Bound(MINE))).contested(stranger))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {" %s", "%s ", "{%s}", "", "not-an-id"})
    void labelThatIsNotExactlyTheIdNamesNoGrant(String form) {
        Subject subject = task(MINE, PRINCIPAL, form.formatted(LABEL));

        assertThat(decide(subject, List.of(), labelled("g", "a", new State.Unbound())))
                .isInstanceOf(Decision.NoMatch.class);
    }

    @Test
    void idInTwoLabelsCountsOnce() {
        assertThat(decide(task(MINE, PRINCIPAL, LABEL, LABEL), List.of(), labelled("g", "a", new State.Bound(MINE))))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void copiedLabelContestsABoundGrant() {
        PolicySet set = set(List.of(), labelled("g", "a", new State.Bound(OTHER)));

        assertThat(set.contested(TASK)).containsExactly(PolicyId.ofGrant(id("g")));
        assertThat(set.decide(TASK).get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.NoMatch.class, none -> {
                    assertThat(none.summary())
                            .isEqualTo("no policy allows it: grant " + id("g") + " is bound to another launch");
                    assertThat(none.verdicts()).extracting(Verdict::result).containsExactly(Result.UNAVAILABLE);
                });
        assertThat(set.contested(task(OTHER, PRINCIPAL, LABEL))).isEmpty();
    }

    /** Mesos reports two principals for the framework. */
    @Test
    void taskOfADisputedFrameworkContestsNoGrant() {
        Framework known = TASK.framework().orElseThrow();
        Framework disputed = new Framework(known.id(), known.name(), known.principal(), known.user(), true);
        Subject subject =
                new Subject(TASK.task(), Optional.of(disputed), TASK.agent(), TASK.witnessed(), TASK.enforcement());

        assertThat(set(List.of(), labelled("g", "a", new State.Bound(OTHER))).contested(subject))
                .isEmpty();
        assertThat(decide(subject, List.of(), labelled("g", "a", new State.Bound(MINE))))
                .isInstanceOf(Decision.NoMatch.class);
    }

    @Test
    void suspendedGrantGivesNothingToAnyLaunch() {
        LaunchGrant suspended = labelled("g", "a", new State.Suspended("two", Optional.of(MINE)));

        assertThat(decide(TASK, List.of(), suspended).summary())
                .isEqualTo("no policy allows it: grant " + id("g") + " is suspended, because two launches claim it");
        assertThat(set(List.of(), suspended).contested(TASK)).isEmpty();
    }

    /** What policies give without the grant is given. */
    @Test
    void endedGrantLeavesThePoliciesToDecide() {
        assertThat(decide(
                        TASK,
                        List.of(Policies.allow("p", 0, Policies.principal(PRINCIPAL))),
                        labelled("g", "a", new State.Ended("was revoked", Optional.of(MINE)))))
                .isInstanceOfSatisfying(
                        Decision.Allowed.class,
                        allowed -> assertThat(allowed.policy().grant()).isFalse());
        assertThat(decide(TASK, List.of(), labelled("g", "a", new State.Ended("was revoked", Optional.of(MINE))))
                        .summary())
                .isEqualTo("no policy allows it: grant " + id("g") + " was revoked");
    }

    @Test
    void taskIdNeedsNoLabelAndASecondLaunchOfItGetsNothing() {
        LaunchGrant grant = forTask("g", "a", "t-1", new State.Bound(holder("t-1", "c-1")));

        assertThat(decide(task(holder("t-1", "c-1"), PRINCIPAL), List.of(), grant))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(decide(task(holder("t-1", "c-2"), PRINCIPAL), List.of(), grant))
                .isInstanceOf(Decision.NoMatch.class);
        assertThat(set(List.of(), grant).contested(task(holder("t-1", "c-2"), PRINCIPAL)))
                .isEmpty();
        assertThat(decide(task(OTHER, PRINCIPAL, LABEL), List.of(), grant)).isInstanceOf(Decision.NoMatch.class);
    }

    /** The launch may be the bound one or a later one. */
    @Test
    void nothingIsDecidedBeforeTheContainerIsKnown() {
        Decision decision = decide(
                staged(MINE, PRINCIPAL, LABEL),
                List.of(Policies.allow("p", 9, Policies.principal(PRINCIPAL))),
                labelled("g", "a", new State.Bound(MINE)));

        assertThat(decision).isInstanceOfSatisfying(Decision.Narrowed.class, open -> {
            assertThat(open.summary()).isEqualTo("grant " + id("g") + " can't be evaluated yet");
            assertThat(open.verdicts())
                    .extracting(Verdict::why)
                    .contains("can't be evaluated yet: the task's container is not known");
        });
        assertThat(decide(staged(MINE, PRINCIPAL, LABEL), List.of(), labelled("g", "a", new State.Unbound())))
                .isInstanceOf(Decision.Unbound.class);
        assertThat(decide(staged(OTHER, PRINCIPAL, LABEL), List.of(), labelled("g", "a", new State.Bound(MINE))))
                .isInstanceOf(Decision.NoMatch.class);
    }

    @Test
    void twoGrantsForOneNameConflictEvenIfTheyGiveTheSame() {
        Subject both = task(MINE, PRINCIPAL, LABEL, id("h").toString());

        assertThat(decide(
                        both,
                        List.of(),
                        labelled("g", "a", new State.Bound(MINE)),
                        labelled("h", "a", new State.Unbound())))
                .isInstanceOfSatisfying(Decision.Conflict.class, conflict -> {
                    assertThat(conflict.policies())
                            .containsExactlyInAnyOrder(PolicyId.ofGrant(id("g")), PolicyId.ofGrant(id("h")));
                    assertThat(conflict.summary()).startsWith("several grants are for this launch: ");
                });
    }

    /** What policies give without the grant is given. */
    @Test
    void reportedTaskGetsNoSensitiveGrant() {
        LaunchGrant sensitive =
                TestGrants.grant("g", Policies.sensitive(Policies.gift("a")), Optional.empty(), new State.Unbound());
        Subject reported = new Subject(TASK.task(), TASK.framework(), TASK.agent(), false, TASK.enforcement());

        Policy given = Policies.allow("p", 0, Policies.principal(PRINCIPAL));

        assertThat(decide(reported, List.of(), sensitive).summary())
                .isEqualTo("no policy allows it: grant " + id("g")
                        + " is sensitive, and the task's launch was not witnessed");
        assertThat(decide(reported, List.of(given), sensitive))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> assertThat(allowed.policy())
                        .isEqualTo(given.id()));
        assertThat(decide(TASK, List.of(), sensitive)).isInstanceOf(Decision.Unbound.class);
    }

    @Test
    void nothingIsDecidedWhileTheFrameworkIsNotVisible() {
        Subject unseen = new Subject(TASK.task(), Optional.empty(), TASK.agent(), true, TASK.enforcement());

        assertThat(decide(unseen, List.of(), labelled("g", "a", new State.Bound(MINE))))
                .isInstanceOf(Decision.Pending.class);
    }

    @Test
    void grantsMakeNoNewVersionAndAreLeftOutForOtherTasks() {
        PolicySet plain = PolicySet.of(7, List.of(Policies.allow("p", 0, Policies.principal(PRINCIPAL))));
        PolicySet granted = plain.withGrants(GrantSet.of(List.of(labelled("g", "a", new State.Unbound()))));

        assertThat(granted.version()).isEqualTo(7);
        assertThat(granted.outcomes(task(MINE, PRINCIPAL))).isEqualTo(plain.outcomes(task(MINE, PRINCIPAL)));
        assertThat(granted.only(policy -> !policy.id().grant()).outcomes(TASK)).isEqualTo(plain.outcomes(TASK));
    }

    /** The memo compares only what policies compare; grants compare the launch. */
    @Test
    void decisionsOfAPassAreThoseOfEachTask() {
        PolicySet set = set(
                List.of(Policies.allow("p", 0, Policies.principal(PRINCIPAL))),
                labelled("g", "a", new State.Bound(MINE)),
                forTask("h", "b", "t-2", new State.Unbound()));
        DecisionMemo memo = new DecisionMemo(set);

        for (Subject subject : List.of(
                task(MINE, PRINCIPAL),
                TASK,
                task(OTHER, PRINCIPAL, LABEL),
                task(OTHER, PRINCIPAL),
                task(MINE, "x", LABEL))) {
            assertThat(memo.decide(subject)).isEqualTo(set.outcomes(subject));
        }
    }

    @Test
    void differenceNamesTheTasksOfTheGrantsThatDiffer() {
        GrantSet before = GrantSet.of(Set.of(
                labelled("g", "a", new State.Unbound()),
                labelled("h", "a", new State.Unbound()),
                forTask("i", "a", "t-1", new State.Unbound())));
        GrantSet after =
                before.with(List.of(labelled("g", "a", new State.Bound(MINE)))).without(id("i"));

        assertThat(after.difference(before)).isEqualTo(new GrantedTasks(Set.of(LABEL, "t-1"), Set.of(MINE)));
        assertThat(before.difference(after)).isEqualTo(after.difference(before));
        assertThat(after.difference(after).names()).isEmpty();
        assertThat(after.boundTo(MINE)).extracting(LaunchGrant::id).containsExactly(id("g"));
        assertThat(before.boundTo(MINE)).isEmpty();
    }

    @Test
    void narrowedNamespaceConcernsTheTasksOfItsGrantsIfNoPolicyDiffers() {
        PolicySet before = set(List.of(), labelled("g", "a", new State.Bound(MINE)));
        NamespaceLimits narrow =
                (policy, _) -> new NamespaceLimits.Placement.Outside(TaskScope.EVERY_TASK, "iam_role_arn: narrowed");
        PolicySet after = new PolicySet(2, List.of(), List.of(), List.of(), false, narrow).withGrants(before.grants());
        PolicyDifference difference = PolicyDifference.between(before, after);

        assertThat(after.decide(TASK).get(CredentialName.DEFAULT)).isInstanceOf(Decision.NoMatch.class);
        assertThat(difference.touches(TASK)).isTrue();
        assertThat(difference.touches(task(OTHER, PRINCIPAL))).isFalse();
    }

    private static PolicySet set(List<Policy> policies, LaunchGrant... grants) {
        return PolicySet.of(1, policies).withGrants(GrantSet.of(List.of(grants)));
    }

    /** The decision for the name default; both ways to decide agree on it. */
    private static Decision decide(Subject subject, List<Policy> policies, LaunchGrant... grants) {
        PolicySet set = set(policies, grants);
        Decision decision = set.decide(subject).get(CredentialName.DEFAULT);
        assertThat(set.outcomes(subject).get(CredentialName.DEFAULT).getClass()).isEqualTo(decision.getClass());
        return decision;
    }
}
