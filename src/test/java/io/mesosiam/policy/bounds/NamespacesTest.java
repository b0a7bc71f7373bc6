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
import static io.mesosiam.policy.BoundedPolicies.via;
import static io.mesosiam.policy.bounds.BoundedNamespaces.ACCOUNT;
import static io.mesosiam.policy.bounds.BoundedNamespaces.ARNS;
import static io.mesosiam.policy.bounds.BoundedNamespaces.DAY;
import static io.mesosiam.policy.bounds.BoundedNamespaces.ENG;
import static io.mesosiam.policy.bounds.BoundedNamespaces.SENSITIVE;
import static io.mesosiam.policy.bounds.BoundedNamespaces.TRUSTED;
import static io.mesosiam.policy.bounds.BoundedNamespaces.WEB;
import static io.mesosiam.policy.bounds.BoundedNamespaces.bounds;
import static io.mesosiam.policy.bounds.BoundedNamespaces.floor;
import static io.mesosiam.policy.bounds.BoundedNamespaces.hubs;
import static io.mesosiam.policy.bounds.BoundedNamespaces.reason;
import static io.mesosiam.policy.bounds.BoundedNamespaces.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What namespaces allow the policies in them and below them. */
class NamespacesTest {
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
                row(ARNS, allow("/data", "a", via(ROLE + "data-hub", gift(ROLE + "data-x"))), ""),
                row(
                        ARNS,
                        allow("/data", "a", via(ROLE + "hub", gift(ROLE + "data-x"))),
                        "via_role_arn: arn:aws:iam::123456789012:role/hub is outside iam_role_arns of namespace /data"),
                row(
                        ACCOUNT,
                        allow("/data", "a", via("arn:aws:iam::210987654321:role/hub", gift(ROLE + "x"))),
                        "via_role_arn: arn:aws:iam::210987654321:role/hub is outside aws_accounts of namespace /data"),
                row(
                        hubs(List.of(ROLE + "data-*"), Set.of("123456789012"), List.of("*:210987654321:role/hub")),
                        allow("/data", "a", via("arn:aws:iam::210987654321:role/hub", gift(ROLE + "data-x"))),
                        ""),
                row(
                        hubs(null, null, List.of("*:role/hub")),
                        allow("/data", "a", via(ROLE + "hub-2", gift(ROLE + "x"))),
                        "via_role_arn: arn:aws:iam::123456789012:role/hub-2 is outside via_role_arns of namespace /data"),
                row(
                        hubs(null, null, List.of()),
                        allow("/data", "a", via(ROLE + "hub", gift(ROLE + "x"))),
                        "via_role_arn: arn:aws:iam::123456789012:role/hub is outside via_role_arns of namespace /data"),
                row(hubs(null, null, List.of()), allow("/data", "a", gift(ROLE + "x")), ""),
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
}
