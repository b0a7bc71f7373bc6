package io.mesosiam.policy.bounds;

import static io.mesosiam.policy.BoundedPolicies.ROLE;
import static io.mesosiam.policy.BoundedPolicies.allow;
import static io.mesosiam.policy.BoundedPolicies.denyAll;
import static io.mesosiam.policy.BoundedPolicies.gift;
import static io.mesosiam.policy.BoundedPolicies.lasting;
import static io.mesosiam.policy.BoundedPolicies.mesosRole;
import static io.mesosiam.policy.BoundedPolicies.principal;
import static io.mesosiam.policy.BoundedPolicies.sensitive;
import static io.mesosiam.policy.BoundedPolicies.taskName;
import static io.mesosiam.policy.BoundedPolicies.under;
import static io.mesosiam.policy.BoundedPolicies.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.NamespaceLimits.Placement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.PolicySet.RejectedRow;
import io.mesosiam.policy.PolicySet.RejectedRow.Consequence;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What namespaces allow their policies, and what decisions make of policies beyond that. */
class NamespacesTest {
    private static final Bounds ARNS = bounds(List.of(ROLE + "data-*"), null, null, null);
    private static final Bounds ACCOUNT = bounds(null, Set.of("123456789012"), null, null);
    private static final Bounds ENG = bounds(null, null, List.of("eng/data"), null);
    private static final Bounds WEB = bounds(null, null, null, Set.of("svc-web"));
    private static final Bounds DAY = new Bounds(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofDays(1)),
            Optional.empty(),
            false,
            false);
    private static final Bounds TRUSTED = flags(true, false);
    private static final Bounds SENSITIVE = flags(false, true);

    static Stream<Arguments> violations() {
        return Stream.of(
                row(ARNS, allow("/data", "a", gift(ROLE + "data-x")), ""),
                row(
                        ARNS,
                        allow("/data", "a", gift(ROLE + "x-data-x")),
                        "iam_role_arn: arn:aws:iam::123456789012:role/x-data-x is outside iam_role_arns of namespace /data"),
                row(
                        bounds(List.of(), null, null, null),
                        allow("/data", "a", gift(ROLE + "data-x")),
                        "iam_role_arn: arn:aws:iam::123456789012:role/data-x is outside iam_role_arns of namespace /data"),
                row(ARNS, denyAll("/data", "d"), ""),
                row(ACCOUNT, allow("/data", "a", gift(ROLE + "x")), ""),
                row(
                        ACCOUNT,
                        allow("/data", "a", gift("arn:aws:iam::210987654321:role/x")),
                        "iam_role_arn: arn:aws:iam::210987654321:role/x is outside aws_accounts of namespace /data"),
                row(ENG, allow("/data", "a", gift(ROLE + "x"), mesosRole("eng/data")), ""),
                row(ENG, allow("/data", "a", gift(ROLE + "x"), mesosRole("eng/data/etl")), ""),
                row(ENG, allow("/data", "a", gift(ROLE + "x")), ""),
                row(
                        ENG,
                        allow("/data", "a", gift(ROLE + "x"), mesosRole("eng")),
                        "mesos_role: eng is outside mesos_roles of namespace /data"),
                row(
                        ENG,
                        denyAll("/data", "d", mesosRole("ops")),
                        "mesos_role: ops is outside mesos_roles of namespace /data"),
                row(WEB, allow("/data", "a", gift(ROLE + "x"), principal("svc-web")), ""),
                row(
                        WEB,
                        allow("/data", "a", gift(ROLE + "x"), principal("svc-ops")),
                        "framework_principal: svc-ops is outside framework_principals of namespace /data"),
                row(DAY, allow("/data", "a", lasting(gift(ROLE + "x"), Duration.ofDays(1))), ""),
                row(
                        DAY,
                        allow(
                                "/data",
                                "a",
                                lasting(gift(ROLE + "x"), Duration.ofDays(1).plusSeconds(1))),
                        "lease_ttl: 86401 s is longer than longest_ttl of namespace /data, 86400 s"),
                row(
                        DAY,
                        allow("/data", "a", gift(ROLE + "x")),
                        "lease_ttl: it is needed: longest_ttl of namespace /data is 86400 s"),
                row(SENSITIVE, allow("/data", "a", sensitive(gift(ROLE + "x"))), ""),
                row(
                        SENSITIVE,
                        allow("/data", "a", gift(ROLE + "x")),
                        "sensitive: it is false, but sensitive_only of namespace /data is true"),
                row(SENSITIVE, denyAll("/data", "d"), ""),
                row(TRUSTED, allow("/data", "a", gift(ROLE + "x"), principal("svc-web"), taskName("a*")), ""),
                row(
                        TRUSTED,
                        allow("/data", "a", gift(ROLE + "x"), taskName("a*")),
                        "framework_principal: no selector is trusted, but trusted_selectors_only of namespace /data is true"),
                row(
                        TRUSTED,
                        allow("/data", "a", gift(ROLE + "x")),
                        "framework_principal: no selector is trusted, but trusted_selectors_only of namespace /data is true"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void aPolicyIsComparedWithEachBound(Bounds bounds, Policy policy, String reason) {
        assertThat(reason(tree("/data", bounds).place(policy, List.of()))).isEqualTo(reason);
    }

    @ParameterizedTest
    @MethodSource("violations")
    void theBoundsOfEachAncestorHoldForThePoliciesBelow(Bounds bounds, Policy policy, String reason) {
        Policy below = BoundedPolicies.in("/data/reporting/daily", policy);

        assertThat(reason(tree("/data", bounds).place(below, List.of()))).isEqualTo(reason);
    }

    @ParameterizedTest
    @MethodSource("violations")
    void theBoundsOfANamespaceBesideDoNotHold(Bounds bounds, Policy policy, String ignored) {
        assertThat(reason(tree("/data", bounds).place(BoundedPolicies.in("/database", policy), List.of())))
                .isEmpty();
    }

    @Test
    void aChildDoesNotWidenWhatItsParentAllows() {
        Namespaces tree = tree("/data", ARNS, "/data/reporting", bounds(List.of("*"), null, null, null));

        assertThat(reason(tree.place(allow("/data/reporting", "a", gift(ROLE + "ops")), List.of())))
                .endsWith("of namespace /data");
    }

    @Test
    void aPolicyOfAnUnknownNamespaceGivesNothing() {
        assertThat(reason(tree("/data", Bounds.NONE).place(allow("/ops", "a", gift(ROLE + "x")), List.of())))
                .isEqualTo("namespace: /ops doesn't exist");
    }

    @Test
    void whileANamespaceCannotBeReadThePoliciesBelowGiveNothingAndStillDeny() {
        Namespaces tree = new Namespaces(List.of(
                new Namespace("/", Bounds.NONE),
                new Namespace("/data", Bounds.NONE, Optional.of("iam_role_arns: broken")),
                new Namespace("/data/reporting", Bounds.NONE)));

        assertThat(reason(tree.place(allow("/data/reporting", "a", gift(ROLE + "x")), List.of())))
                .isEqualTo("namespace: /data can't be read: iam_role_arns: broken");
        assertThat(decide(tree, web(), allow("/", "a", gift(ROLE + "x")), denyAll("/data/reporting", "d")))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void anAllowOutOfBoundsGivesNothingAndIsExplained() {
        Policy outside = allow("/data", "outside", gift(ROLE + "ops"), principal("svc-web"));

        Decision decision = decide(tree("/data", ARNS), web(), outside);

        assertThat(decision).isInstanceOf(Decision.NoMatch.class);
        assertThat(decision.summary())
                .isEqualTo("no policy allows it: policy /data/outside is out of the bounds of its namespace");
        assertThat(decision.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.result()).isEqualTo(Result.OUT_OF_BOUNDS);
            assertThat(verdict.why()).startsWith("iam_role_arn: ").endsWith(" of namespace /data");
        });
    }

    @Test
    void anAllowOutOfBoundsDoesNotKeepAnotherFromGiving() {
        Policy outside = allow("/data", "outside", gift(ROLE + "ops"));
        Policy other = allow("/", "other", gift(ROLE + "web"));

        Decision decision = decide(tree("/data", ARNS), web(), outside, other);

        assertThat(decision).isInstanceOf(Decision.Allowed.class);
        assertThat(decision.verdicts())
                .extracting(Verdict::result)
                .containsExactlyInAnyOrder(Result.OUT_OF_BOUNDS, Result.APPLIED);
    }

    @Test
    void aSetNamesItsPoliciesOutOfBoundsAndListsThemAsTheyAreWritten() {
        Policy outside = allow("/data", "outside", gift(ROLE + "ops"));
        Policy inside = allow("/data", "inside", gift(ROLE + "data-x"));

        PolicySet set = set(tree("/data", ARNS), outside, inside);

        assertThat(set.outOfBounds()).containsOnlyKeys(outside.id());
        assertThat(set.policies()).containsExactlyInAnyOrder(outside, inside);
    }

    @ParameterizedTest
    @CsvSource({"eng/data, true", "eng/data/etl, true", "eng, false", "eng/database, false", "ops, false"})
    void anAllowConcernsOnlyTasksOfTheMesosRoles(String role, boolean given) {
        assertThat(
                        decide(tree("/data", ENG), under(role), allow("/data", "a", gift(ROLE + "x")))
                                instanceof Decision.Allowed)
                .isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({"eng/data, true", "eng/data/etl, true", "eng, false", "ops, false"})
    void aDenyConcernsOnlyTasksOfTheMesosRoles(String role, boolean denied) {
        Decision decision =
                decide(tree("/data", ENG), under(role), allow("/", "a", gift(ROLE + "x")), denyAll("/data", "d"));

        assertThat(decision instanceof Decision.Denied).isEqualTo(denied);
    }

    @Test
    void aDenyThatSelectsMoreThanTheBoundsStillDeniesWithinThem() {
        Policy broad = denyAll("/data", "d", mesosRole("eng"));
        Policy allowed = allow("/", "a", gift(ROLE + "x"));

        assertThat(decide(tree("/data", ENG), under("eng/data"), allowed, broad))
                .isInstanceOf(Decision.Denied.class);
        assertThat(decide(tree("/data", ENG), under("eng/web"), allowed, broad)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void aDenyThatCannotBeReadConcernsOnlyTasksWithinTheBoundsOfItsNamespace() {
        Policy readable = denyAll("/data", "d");
        UnusableRow broken = new UnusableRow(
                new RejectedRow(readable.id(), "d", Optional.of(Effect.DENY), "image: broken", Consequence.DENIES),
                Optional.of(readable));
        PolicySet set = new PolicySet(
                1, List.of(allow("/", "a", gift(ROLE + "x"))), List.of(broken), List.of(), false, tree("/data", ENG));

        assertThat(set.decide(under("eng/data")).get(CredentialName.DEFAULT)).isInstanceOf(Decision.Denied.class);
        assertThat(set.decide(under("ops")).get(CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void tasksOfOtherPrincipalsAreOutside() {
        Policy allow = allow("/data", "a", gift(ROLE + "x"));

        assertThat(decide(tree("/data", WEB), web(), allow)).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(tree("/data", WEB), BoundedPolicies.subject("eng", Optional.of("svc-ops")), allow))
                .isInstanceOf(Decision.NoMatch.class);
        assertThat(decide(tree("/data", WEB), BoundedPolicies.subject("eng", Optional.empty()), allow))
                .isInstanceOf(Decision.NoMatch.class);
    }

    @Test
    void aDenyBoundToPrincipalsDecidesNothingWhileTheFrameworkIsNotVisible() {
        Policy deny = denyAll("/data", "d");

        assertThat(decide(tree("/data", WEB), BoundedPolicies.withoutFramework(), deny))
                .isInstanceOf(Decision.Pending.class);
        assertThat(decide(tree("/data", Bounds.NONE), BoundedPolicies.withoutFramework(), deny))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void whereOnlyTrustedSelectorsCountAnAttributeIsTrustedForTheFrameworksThatEnforceIt() {
        List<AttributeTrust> trusts = BoundedPolicies.trust(Attribute.TASK_NAME);
        PolicySet set = new PolicySet(
                1,
                List.of(allow("/data", "a", gift(ROLE + "x"), taskName("web-*"))),
                List.of(),
                trusts,
                false,
                tree("/data", TRUSTED));

        assertThat(set.decide(web()).get(CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(set.decide(BoundedPolicies.subject("eng", Optional.of("svc-ops")))
                        .get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.NoMatch.class, none -> assertThat(none.verdicts())
                        .extracting(Verdict::result)
                        .containsExactly(Result.OUT_OF_BOUNDS));
    }

    /** After a failover of the master nothing is known of its flags, and no lease ends for that reason. */
    @Test
    void whereOnlyTrustedSelectorsCountNothingIsDecidedBeforeTheMastersFlagsAreKnown() {
        Policy policy = allow("/data", "a", gift(ROLE + "x"), principal("svc-web"));

        assertThat(decide(tree("/data", TRUSTED), BoundedPolicies.beforeFlags(), policy))
                .isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void everySessionCarriesTheStatementsOfAllItsNamespaces() {
        Namespaces tree = tree(
                "/data",
                floor("[{\"Effect\": \"Deny\", \"Action\": \"iam:*\", \"Resource\": \"*\"}]"),
                "/data/reporting",
                floor("[{\"Effect\": \"Deny\", \"Action\": \"sts:*\", \"Resource\": \"*\"}]"));

        Decision decision = decide(tree, web(), allow("/data/reporting", "a", gift(ROLE + "x")));

        assertThat(((Decision.Allowed) decision).entitlement().sessionPolicy().orElseThrow())
                .contains("\"iam:*\"", "\"sts:*\"");
    }

    @Test
    void whereTheStatementsDoNotFitNothingIsGiven() {
        String large = "[{\"Effect\": \"Deny\", \"Action\": \"iam:*\", \"Resource\": \"" + "x".repeat(1200) + "\"}]";
        Namespaces tree = tree("/data", floor(large), "/data/reporting", floor(large));

        assertThat(reason(tree.place(allow("/data/reporting", "a", gift(ROLE + "x")), List.of())))
                .startsWith("session_policy: with the statements of the namespaces it has 2,")
                .endsWith("STS accepts 2,048 (session_policy_floor of namespace /data/reporting)");
    }

    @Test
    void pathsAreUnique() {
        assertThatThrownBy(
                        () -> new Namespaces(List.of(new Namespace("/", Bounds.NONE), new Namespace("/", Bounds.NONE))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /                  | /
            /data              | /, /data
            /data/reporting/x  | /, /data, /data/reporting, /data/reporting/x
            """)
    void aPathIsBelowItsBeginnings(String path, String all) {
        assertThat(String.join(", ", Namespace.pathAndAncestors(path))).isEqualTo(all);
        assertThat(Namespace.pathAndAncestors(path)).allMatch(ancestor -> Namespace.isWithin(path, ancestor));
    }

    @ParameterizedTest
    @CsvSource({"/data, /data/reporting", "/database, /data", "/, /data"})
    void aPathIsNotWithinWhatIsBelowOrBeside(String path, String other) {
        assertThat(Namespace.isWithin(path, other)).isFalse();
    }

    private static Arguments row(Bounds bounds, Policy policy, String reason) {
        return Arguments.of(bounds, policy, reason);
    }

    private static Decision decide(Namespaces tree, Subject subject, Policy... policies) {
        return set(tree, policies).decide(subject).get(CredentialName.DEFAULT);
    }

    private static PolicySet set(Namespaces tree, Policy... policies) {
        return new PolicySet(1, List.of(policies), List.of(), List.of(), false, tree);
    }

    private static String reason(Placement placement) {
        return switch (placement) {
            case Placement.Within _ -> "";
            case Placement.Outside outside -> outside.reason();
        };
    }

    private static Namespaces tree(String path, Bounds bounds) {
        return tree(path, bounds, "/data/reporting", Bounds.NONE);
    }

    private static Namespaces tree(String one, Bounds bounds, String two, Bounds more) {
        return new Namespaces(List.of(
                new Namespace("/", Bounds.NONE),
                new Namespace(one, bounds),
                new Namespace(two, more),
                new Namespace("/database", Bounds.NONE),
                new Namespace("/data/reporting/daily", Bounds.NONE)));
    }

    private static Bounds bounds(
            @org.jspecify.annotations.Nullable List<String> arns,
            @org.jspecify.annotations.Nullable Set<String> accounts,
            @org.jspecify.annotations.Nullable List<String> roles,
            @org.jspecify.annotations.Nullable Set<String> principals) {
        return new Bounds(
                Optional.ofNullable(arns).map(all -> all.stream().map(Glob::new).toList()),
                Optional.ofNullable(accounts),
                Optional.ofNullable(roles)
                        .map(all -> all.stream().map(MesosRole::new).toList()),
                Optional.ofNullable(principals),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
    }

    private static Bounds flags(boolean trusted, boolean sensitive) {
        return new Bounds(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                trusted,
                sensitive);
    }

    private static Bounds floor(String json) {
        return new Bounds(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(SessionPolicyFloor.parse(json)),
                false,
                false);
    }
}
