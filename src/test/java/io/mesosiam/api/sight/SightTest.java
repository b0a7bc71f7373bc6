package io.mesosiam.api.sight;

import static io.mesosiam.policy.BoundedPolicies.ROLE;
import static io.mesosiam.policy.BoundedPolicies.gift;
import static io.mesosiam.policy.BoundedPolicies.in;
import static io.mesosiam.policy.BoundedPolicies.taskName;
import static io.mesosiam.policy.BoundedPolicies.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.bounds.Bounds;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.TestGrants;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SightTest {
    private static final Selector ALL = taskName("*");
    private static final Selector UNKNOWN = new Selector.AgentAttribute("rack", Optional.of("r1"));
    private static final Caller TEAM =
            new Caller("token:team", SignIn.TOKEN, Set.of(new RoleGrant(Role.VIEWER, "/team")), "192.0.2.1");
    private static final Policy OWN = allow("/team", "own", 0, gift(ROLE + "own"));

    private static Policy allow(String namespace, String name, int priority, Entitlement gift, Selector... selectors) {
        return in(
                namespace,
                Policies.allow(
                        name, "default", priority, gift, selectors.length == 0 ? new Selector[] {ALL} : selectors));
    }

    /** Every kind of sentence that names a policy of another namespace, beside a policy of the caller's own. */
    static Stream<Arguments> others() {
        return Stream.of(
                arguments("a deny", BoundedPolicies.denyAll("/ops", "secret-1", ALL), web()),
                arguments("a higher priority", allow("/ops", "secret.2", 7, gift(ROLE + "other")), web()),
                arguments("a negative priority", allow("/ops", "secret", -7, gift(ROLE + "other")), web()),
                arguments("a conflict", allow("/", "secret", 0, gift(ROLE + "other")), web()),
                arguments("a namespace below a name", allow("/teams/x", "secret", 0, gift(ROLE + "other")), web()),
                arguments(
                        "not evaluated yet", allow("/ops", "secret", 9, gift(ROLE + "other"), UNKNOWN), withoutAgent()),
                arguments("out of bounds", allow("/bound", "secret", 9, gift(ROLE + "other")), web()),
                arguments(
                        "withheld",
                        allow("/ops", "secret", 9, BoundedPolicies.sensitive(gift(ROLE + "other"))),
                        unwitnessed()));
    }

    private static Subject withoutAgent() {
        Subject web = web();
        return new Subject(web.task(), web.framework(), Optional.empty(), true, web.enforcement());
    }

    private static Subject unwitnessed() {
        Subject web = web();
        return new Subject(web.task(), web.framework(), web.agent(), false, web.enforcement());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void sentencesDoNotNamePoliciesOfOtherNamespaces(String situation, Policy other, Subject subject) {
        for (List<Policy> policies : List.of(List.of(OWN, other), List.of(other))) {
            Sight sight = Sight.of(TEAM, set(policies));

            assertThat(sentences(set(policies).decide(subject)))
                    .as(situation)
                    .map(sight::sentence)
                    .noneMatch(sentence -> sentence.contains("secret") || sentence.contains("ops"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void sentencesWithoutHiddenPoliciesStayAsTheyAre(String situation, Policy other, Subject subject) {
        PolicySet set = set(List.of(OWN, other));

        assertThat(sentences(set.decide(subject)))
                .allSatisfy(sentence ->
                        assertThat(Sight.everything(set).sentence(sentence)).isEqualTo(sentence));
        assertThat(sentences(set(List.of(OWN)).decide(web())))
                .allSatisfy(sentence ->
                        assertThat(Sight.of(TEAM, set).sentence(sentence)).isEqualTo(sentence));
    }

    @Test
    void hiddenPolicyIsSaidToBeOne() {
        Sight sight = Sight.of(TEAM, set(List.of(OWN)));

        assertThat(sight.sentence("policy /ops/x denies it")).isEqualTo("a policy outside your namespaces denies it");
        assertThat(sight.sentence("policy /ops/x does what no sentence says yet"))
                .isEqualTo("a policy outside your namespaces does what no sentence says yet");
        assertThat(sight.sentence("policy not-two denies it")).isEqualTo("a policy outside your namespaces denies it");
        assertThat(sight.sentence("policies of the same priority give different answers: /team/own, x, /y/z; more"))
                .isEqualTo("policies of the same priority give different answers: /team/own,"
                        + " a policy outside your namespaces; more");
        assertThat(sight.sentence(
                        "policies of the same priority give different answers: /ops/x, /team/own and 7 others"))
                .isEqualTo("policies of the same priority give different answers: a policy outside your namespaces,"
                        + " /team/own and 7 others");
        assertThat(sight.sentence("policy /team/own denies it")).isEqualTo("policy /team/own denies it");
    }

    @Test
    void launchGrantsOfOtherNamespacesAreNotNamed() {
        LaunchGrant own = TestGrants.forTask("own", "a", "t-1", new LaunchGrant.State.Unbound());
        LaunchGrant other = TestGrants.forTask("other", "a", "t-1", new LaunchGrant.State.Unbound());
        LaunchGrant mine = new LaunchGrant(in("/team", own.policy()), own.taskId(), own.state());
        PolicySet set = set(List.of(OWN)).withGrants(GrantSet.of(List.of(mine, other)));
        Subject subject = TestGrants.task(TestGrants.holder("t-1", "c-1"), TestGrants.PRINCIPAL);
        String conflict = "several grants are for this launch: ";

        assertThat(set.decide(subject).get(CredentialName.DEFAULT).summary())
                .contains(conflict, own.id().toString(), other.id().toString());
        assertThat(sentences(set.decide(subject)).map(Sight.of(TEAM, set)::sentence))
                .isNotEmpty()
                .noneMatch(sentence -> sentence.contains(other.id().toString()));
        assertThat(Sight.of(TEAM, set).sentence("grant " + other.id() + " is suspended; grant " + own.id() + " too"))
                .isEqualTo("a grant outside your namespaces is suspended; grant " + own.id() + " too");
        assertThat(Sight.of(TEAM, set).sentence(conflict + other.id() + ", " + own.id() + "; more"))
                .isEqualTo(conflict + "a grant outside your namespaces, " + own.id() + "; more");
        assertThat(Sight.everything(set).sentence("grant " + other.id() + " allows it"))
                .isEqualTo("grant " + other.id() + " allows it");
    }

    @Test
    void policiesOfOtherNamespacesAreNotNamedByTheirIds() {
        Policy other = allow("/ops", "other", 0, gift(ROLE + "other"));
        Sight sight = Sight.of(TEAM, set(List.of(OWN, other)));

        assertThat(sight.sentence("policy " + other.id() + ": tags: too long"))
                .isEqualTo("a policy outside your namespaces: tags: too long");
        assertThat(sight.sentence("policy " + OWN.id() + ": tags: too long"))
                .isEqualTo("policy " + OWN.id() + ": tags: too long");
        assertThat(sight.sentence(
                        "policy " + other.id() + ": tags", Set.of(other.id().value())))
                .isEqualTo("policy " + other.id() + ": tags");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            leaked (by oidc:eve, withdrawal 6f1c0a52-6d0e-4a3e-9a51-1d1f4f0f2a77)  | leaked (withdrawal 6f1c0a52-6d0e-4a3e-9a51-1d1f4f0f2a77)
            leaked (by oidc:(eve), ), withdrawal 6f1c0a52-6d0e-4a3e-9a51-1d1f4f0f2a77), withdrawn from f/t 9@s#1 in the same container  | leaked (withdrawal 6f1c0a52-6d0e-4a3e-9a51-1d1f4f0f2a77), withdrawn from another task in the same container
            leaked, withdrawn from f/t-9@s#1 in the same container  | leaked, withdrawn from another task in the same container
            served by f/t-9@s#1 in the same container; the host is evicted | served by another task in the same container; the host is evicted
            """)
    void otherTasksOfAContainerAndAuthorsOfWithdrawalsAreNotNamed(String sentence, String shown) {
        assertThat(Sight.of(TEAM, set(List.of())).sentence(sentence)).isEqualTo(shown);
        assertThat(Sight.everything(set(List.of())).sentence(sentence)).isEqualTo(sentence);
    }

    @Test
    void callerSeesThePoliciesOfItsNamespacesAndThoseBelow() {
        Policy below = allow("/team/x", "below", 0, gift(ROLE + "x"));
        Policy beside = allow("/teams", "beside", 0, gift(ROLE + "x"));
        Sight sight = Sight.of(TEAM, set(List.of(OWN, below, beside)));

        assertThat(List.of(OWN, below, beside))
                .map(policy -> sight.sees(policy.id()))
                .containsExactly(true, true, false);
        assertThat(sight.sees(Policies.id("deleted"))).isFalse();
        assertThat(sight.everything()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void ownPoliciesDecideAsIfThereWereNoOthers(String situation, Policy other, Subject subject) {
        PolicySet own = set(List.of(OWN));
        PolicySet.Selection seen = Sight.of(TEAM, set(List.of(OWN, other))).policies();

        for (Subject task : List.of(subject, withoutFramework(subject))) {
            assertThat(seen.decide(task)).as(situation).isEqualTo(own.decide(task));
            assertThat(seen.outcomes(task)).as(situation).isEqualTo(own.outcomes(task));
            assertThat(seen.concerns(task)).as(situation).isEqualTo(own.concerns(task));
        }
    }

    @Test
    void namesOfOtherPoliciesAreNotDecidedWhileTheFrameworkIsNotVisible() {
        Policy archive = in("/ops", Policies.allow("secret", "archive", 0, gift(ROLE + "other"), ALL));
        Sight sight = Sight.of(TEAM, set(List.of(OWN, archive)));

        assertThat(sight.policies().decide(withoutFramework(web()))).containsOnlyKeys(CredentialName.DEFAULT);
    }

    @Test
    void rowsThatCannotBeUsedAreNotAmongOwnPolicies() {
        UnusableRow deny = new UnusableRow(
                new RejectedRow(
                        Policies.id("stop"),
                        "stop",
                        Optional.of(Effect.DENY),
                        "credential_name: too long",
                        RejectedRow.Consequence.DENIES),
                Optional.of(in("/team", Policies.denyAll("stop"))));
        PolicySet set = new PolicySet(1, List.of(OWN), List.of(deny), List.of(), false);

        assertThat(set.decide(web()).get(CredentialName.DEFAULT)).isInstanceOf(Decision.Denied.class);
        assertThat(Sight.of(TEAM, set).policies().decide(web()))
                .isEqualTo(PolicySet.of(1, List.of(OWN)).decide(web()));
    }

    private static Subject withoutFramework(Subject subject) {
        return new Subject(
                subject.task(), Optional.empty(), subject.agent(), subject.witnessed(), subject.enforcement());
    }

    @Test
    void decisionsAreOfTheNamesThatOwnPoliciesHaveAPartIn() {
        Policy archive = in("/ops", Policies.allow("secret", "archive", 0, gift(ROLE + "other"), ALL));
        PolicySet set = set(List.of(OWN, archive));

        assertThat(OwnDecisions.of(set, web(), Sight.of(TEAM, set), List.of()))
                .containsOnlyKeys(CredentialName.DEFAULT);
        assertThat(OwnDecisions.of(set, web(), Sight.of(TEAM, set), List.of(new CredentialName("archive"))))
                .containsOnlyKeys(CredentialName.DEFAULT, new CredentialName("archive"));
        assertThat(OwnDecisions.of(set, web(), Sight.everything(set), List.of()))
                .isEqualTo(set.decide(web()));
    }

    @Test
    void taskThatNoOwnPolicyMatchesIsExplainedByOwnPoliciesAlone() {
        Policy own = allow("/team", "own", 0, gift(ROLE + "own"), taskName("absent"));
        PolicySet set = set(List.of(own, allow("/ops", "secret", 0, gift(ROLE + "other"))));

        Map<CredentialName, Decision> decisions = OwnDecisions.of(set, web(), Sight.of(TEAM, set), List.of());

        assertThat(decisions.values()).singleElement().satisfies(decision -> assertThat(decision.verdicts())
                .extracting(Verdict::policyName)
                .containsExactly("/team/own"));
    }

    private static Stream<String> sentences(Map<CredentialName, Decision> decisions) {
        return decisions.values().stream()
                .flatMap(decision -> Stream.concat(
                        Stream.of(decision.summary()),
                        decision.verdicts().stream()
                                .filter(verdict -> verdict.policyName().startsWith("/team/"))
                                .map(Verdict::why)));
    }

    private static PolicySet set(List<Policy> policies) {
        Bounds none = new Bounds(
                Optional.of(List.of()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
        Namespaces tree = new Namespaces(Stream.of("/", "/team", "/team/x", "/teams", "/teams/x", "/ops", "/bound")
                .map(path -> new Namespace(path, path.equals("/bound") ? none : Bounds.NONE))
                .toList());
        return new PolicySet(1, policies, List.of(), List.of(), true, tree);
    }
}
