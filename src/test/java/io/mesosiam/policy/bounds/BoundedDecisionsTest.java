package io.mesosiam.policy.bounds;

import static io.mesosiam.policy.BoundedPolicies.ROLE;
import static io.mesosiam.policy.BoundedPolicies.allow;
import static io.mesosiam.policy.BoundedPolicies.denyAll;
import static io.mesosiam.policy.BoundedPolicies.gift;
import static io.mesosiam.policy.BoundedPolicies.mesosRole;
import static io.mesosiam.policy.BoundedPolicies.principal;
import static io.mesosiam.policy.BoundedPolicies.taskName;
import static io.mesosiam.policy.BoundedPolicies.under;
import static io.mesosiam.policy.BoundedPolicies.web;
import static io.mesosiam.policy.bounds.BoundedNamespaces.ARNS;
import static io.mesosiam.policy.bounds.BoundedNamespaces.ENG;
import static io.mesosiam.policy.bounds.BoundedNamespaces.TRUSTED;
import static io.mesosiam.policy.bounds.BoundedNamespaces.WEB;
import static io.mesosiam.policy.bounds.BoundedNamespaces.decide;
import static io.mesosiam.policy.bounds.BoundedNamespaces.floor;
import static io.mesosiam.policy.bounds.BoundedNamespaces.reason;
import static io.mesosiam.policy.bounds.BoundedNamespaces.set;
import static io.mesosiam.policy.bounds.BoundedNamespaces.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What decisions make of policies in namespaces with bounds. */
class BoundedDecisionsTest {
    @Test
    void whileANamespaceCannotBeReadThePoliciesBelowGiveNothingAndStillDeny() {
        Namespaces tree = new Namespaces(List.of(
                new Namespace("/", Bounds.NONE),
                new Namespace("/data", Bounds.NONE, Optional.of("iam_role_arns: broken"), Set.of()),
                new Namespace("/data/reporting", Bounds.NONE)));

        assertThat(reason(tree.place(allow("/data/reporting", "a", gift(ROLE + "x")), List.of())))
                .isEqualTo("namespace: /data can't be read: iam_role_arns: broken");
        assertThat(decide(tree, web(), allow("/", "a", gift(ROLE + "x")), denyAll("/data/reporting", "d")))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void aDenyWhoseLimitsCannotAllBeReadHoldsBackTheTasksWithinTheOthers() {
        Namespaces tree = new Namespaces(List.of(
                new Namespace("/", Bounds.NONE),
                new Namespace("/data", ENG, Optional.of("iam_role_arns: broken"), Set.of("framework_principals"))));
        Policy allowed = allow("/", "a", gift(ROLE + "x"));
        Policy deny = denyAll("/data", "d");

        assertThat(decide(tree, under("ops"), allowed, deny)).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(tree, under("eng/data"), allowed, deny))
                .isInstanceOfSatisfying(Decision.Narrowed.class, held -> {
                    assertThat(held.standing()).containsOnlyKeys(allowed.id());
                    assertThat(held.verdicts())
                            .extracting(Verdict::why)
                            .contains("framework_principals of namespace /data can't be read: nothing new is given");
                });
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
}
