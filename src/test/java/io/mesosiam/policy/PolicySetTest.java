package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.allow;
import static io.mesosiam.policy.Policies.deny;
import static io.mesosiam.policy.Policies.denyAll;
import static io.mesosiam.policy.Policies.disabled;
import static io.mesosiam.policy.Policies.gift;
import static io.mesosiam.policy.Policies.label;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.rack;
import static io.mesosiam.policy.Policies.sensitive;
import static io.mesosiam.policy.Policies.taskName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicySetTest {
    private static final Selector WEB = principal("svc-web");
    private static final Selector OTHERS = principal("svc-batch");
    private static final Subject TASK = Subjects.web();

    /** Policies, a subject, and the decision for each credential name. */
    static Stream<Arguments> decisions() {
        return Stream.of(
                row("no policy at all", List.of(), TASK, "default: no match"),
                row("a policy that matches", List.of(allow("a", 0, WEB)), TASK, "default: a"),
                row("a policy without selectors", List.of(allow("a", 0)), TASK, "default: a"),
                row("a policy that doesn't match", List.of(allow("a", 0, OTHERS)), TASK, "default: no match"),
                row(
                        "a policy of which one of two selectors holds",
                        List.of(allow("a", 0, WEB, taskName("x"))),
                        TASK,
                        "default: no match"),
                row("a disabled policy", List.of(disabled(allow("a", 0, WEB))), TASK, "default: no match"),
                row("the highest priority", List.of(allow("a", 1, WEB), allow("b", 2, WEB)), TASK, "default: b"),
                row(
                        "same priority, different entitlements",
                        List.of(allow("a", 1, WEB), allow("b", 1)),
                        TASK,
                        "default: conflict a b"),
                row(
                        "same priority, same entitlement",
                        List.of(same("a", 1, WEB), same("b", 1, WEB)),
                        TASK,
                        "default: a"),
                row(
                        "a conflict below the highest",
                        List.of(allow("a", 1, WEB), allow("b", 1), allow("c", 2)),
                        TASK,
                        "default: c"),
                row("a deny", List.of(allow("a", 9, WEB), denyAll("d", WEB)), TASK, "default: denied by d"),
                row(
                        "a deny that can't be evaluated counts as matching",
                        List.of(allow("a", 9), denyAll("d", Policies.rack("r1"))),
                        Subjects.inRack("r\uFFFD"),
                        "default: denied by d"),
                row(
                        "a deny that can't be evaluated for a selector and fails by another doesn't match",
                        List.of(allow("a", 9), denyAll("d", Policies.rack("r1"), OTHERS)),
                        Subjects.inRack("r\uFFFD"),
                        "default: a"),
                row(
                        "an allow that can't be evaluated doesn't match",
                        List.of(allow("a", 9, Policies.rack("r1")), allow("b", 0)),
                        Subjects.inRack("r\uFFFD"),
                        "default: b"),
                row(
                        "a deny by a numeric attribute holds",
                        List.of(allow("a", 9), denyAll("d", Policies.rack("109"))),
                        Subjects.inRack("109.0"),
                        "default: denied by d"),
                row("a deny of others", List.of(allow("a", 0, WEB), denyAll("d", OTHERS)), TASK, "default: a"),
                row("a disabled deny", List.of(allow("a", 0), disabled(denyAll("d"))), TASK, "default: a"),
                row("a deny alone", List.of(denyAll("d", WEB)), TASK, "default: denied by d"),
                row(
                        "a deny and a conflict",
                        List.of(allow("a", 1), allow("b", 1), denyAll("d")),
                        TASK,
                        "default: denied by d"),
                row("two names", List.of(allow("a", 0, WEB), named("b", "logs", 0, WEB)), TASK, "default: a, logs: b"),
                row("another name alone", List.of(named("b", "logs", 0, WEB)), TASK, "logs: b"),
                row(
                        "a deny of one name",
                        List.of(allow("a", 0), named("b", "logs", 0), deny("d", "logs")),
                        TASK,
                        "default: a, logs: denied by d"),
                row(
                        "a deny of all names",
                        List.of(named("a", "db", 0), named("b", "logs", 0), denyAll("d")),
                        TASK,
                        "db: denied by d, default: denied by d, logs: denied by d"),
                row("a deny of a name that no policy gives", List.of(deny("d", "logs")), TASK, "logs: denied by d"),
                row(
                        "sensitive, launch witnessed",
                        List.of(allow("a", "default", 0, sensitive(gift("a")), WEB)),
                        TASK,
                        "default: a"),
                row(
                        "sensitive, reported",
                        List.of(allow("a", "default", 0, sensitive(gift("a")), WEB)),
                        Subjects.reported(),
                        "default: no match"),
                row(
                        "sensitive, reported, with an allow of lower priority",
                        List.of(allow("a", "default", 1, sensitive(gift("a"))), allow("b", 0)),
                        Subjects.reported(),
                        "default: no match"),
                row("not sensitive, reported", List.of(allow("a", 0, WEB)), Subjects.reported(), "default: a"),
                row(
                        "a self-asserted selector",
                        List.of(allow("a", 0, WEB, taskName("web-*"))),
                        TASK,
                        "default: a (self-asserted)"),
                row(
                        "self-asserted and not, same entitlement",
                        List.of(same("a", 0, taskName("web-*")), same("b", 0, WEB)),
                        TASK,
                        "default: b"),
                row("principals not enforced", List.of(allow("a", 0)), Subjects.unenforced(), "default: no match"),
                row(
                        "a deny where principals aren't enforced",
                        List.of(allow("a", 0), denyAll("d", WEB)),
                        Subjects.unenforced(),
                        "default: denied by d"),
                row(
                        "framework not visible",
                        List.of(named("a", "logs", 0, OTHERS)),
                        Subjects.withoutFramework(),
                        "default: pending, logs: pending"),
                row(
                        "a deny that holds whatever the framework is, while the framework isn't visible",
                        List.of(allow("a", 9, WEB), named("b", "logs", 0), denyAll("d", taskName("web-*"))),
                        Subjects.withoutFramework(),
                        "default: denied by d, logs: denied by d"),
                row(
                        "a deny of one name while the framework isn't visible",
                        List.of(allow("a", 9, WEB), deny("d", "logs")),
                        Subjects.withoutFramework(),
                        "default: pending, logs: denied by d"),
                row(
                        "a deny that depends on the framework while the framework isn't visible",
                        List.of(allow("a", 9, WEB), denyAll("d", WEB)),
                        Subjects.withoutFramework(),
                        "default: pending"),
                row("disputed principal", List.of(allow("a", 0)), Subjects.disputed(), "default: no match"),
                row(
                        "an unknown attribute decides",
                        List.of(allow("a", 0, rack("r1"))),
                        Subjects.withoutAgent(),
                        "default: pending"),
                row(
                        "an unknown attribute and another selector that fails",
                        List.of(allow("a", 0, rack("r1"), OTHERS)),
                        Subjects.withoutAgent(),
                        "default: no match"),
                row(
                        "an unknown attribute of a lower priority",
                        List.of(allow("a", 0, rack("r1")), allow("b", 1)),
                        Subjects.withoutAgent(),
                        "default: b"),
                row(
                        "an unknown attribute of a deny",
                        List.of(allow("a", 0), denyAll("d", rack("r1"))),
                        Subjects.withoutAgent(),
                        "default: pending"),
                row(
                        "an unknown attribute of a deny, with nothing to deny",
                        List.of(denyAll("d", rack("r1"))),
                        Subjects.withoutAgent(),
                        "default: no match"),
                row(
                        "an unknown attribute beside a deny",
                        List.of(allow("a", 0, rack("r1")), denyAll("d")),
                        Subjects.withoutAgent(),
                        "default: denied by d"));
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void combinesPoliciesPerCredentialName(List<Policy> policies, Subject subject, String expected) {
        assertThat(describe(PolicySet.of(1, policies).decide(subject))).isEqualTo(expected);
    }

    @Test
    void selfAssertedValuesAreAcceptedIfConfigured() {
        PolicySet accepting = new PolicySet(1, List.of(allow("a", 0, WEB)), List.of(), List.of(), true);

        assertThat(describe(accepting.decide(Subjects.unenforced()))).isEqualTo("default: a (self-asserted)");
    }

    @Test
    void trustedAttributeIsNotSelfAsserted() {
        Policy policy = allow("a", 0, taskName("web-*"), label("team", "data"));
        AttributeTrust names = new AttributeTrust("svc-web", Attribute.TASK_NAME, Optional.empty());
        AttributeTrust team = new AttributeTrust("svc-web", Attribute.LABEL, Optional.of("team"));
        AttributeTrust gpu = new AttributeTrust("svc-web", Attribute.LABEL, Optional.of("gpu"));
        AttributeTrust elsewhere = new AttributeTrust("svc-batch", Attribute.LABEL, Optional.of("team"));

        assertThat(describe(trusting(policy, names, team).decide(TASK))).isEqualTo("default: a");
        assertThat(describe(trusting(policy, names, gpu, elsewhere).decide(TASK)))
                .isEqualTo("default: a (self-asserted)");
        assertThat(trusting(policy, names)
                        .decide(TASK)
                        .get(CredentialName.DEFAULT)
                        .verdicts())
                .extracting(Verdict::why)
                .containsExactly("every selector holds; self-asserted: label");
    }

    private static Arguments row(String name, List<Policy> policies, Subject subject, String expected) {
        return argumentSet(name, policies, subject, expected);
    }

    private static Policy named(String name, String credentialName, int priority, Selector... selectors) {
        return allow(name, credentialName, priority, gift(name), selectors);
    }

    private static Policy same(String name, int priority, Selector... selectors) {
        return allow(name, "default", priority, gift("same"), selectors);
    }

    private static PolicySet trusting(Policy policy, AttributeTrust... trusts) {
        return new PolicySet(1, List.of(policy), List.of(), List.of(trusts), false);
    }

    /** Formats decisions as in the table above, with policies by their names. */
    static String describe(Map<CredentialName, Decision> decisions) {
        Map<String, String> byName = new TreeMap<>();
        decisions.forEach((name, decision) -> byName.put(name.value(), describe(decision)));
        return byName.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String describe(Decision decision) {
        return switch (decision) {
            case Decision.Allowed d -> name(d, d.policy()) + (d.selfAsserted() ? " (self-asserted)" : "");
            case Decision.Denied d -> "denied by " + name(d, d.policy());
            case Decision.Conflict d ->
                "conflict " + d.policies().stream().map(id -> name(d, id)).collect(Collectors.joining(" "));
            case Decision.NoMatch d -> "no match";
            case Decision.Undecided d -> "pending";
        };
    }

    private static String name(Decision decision, PolicyId id) {
        return decision.verdicts().stream()
                .filter(v -> v.policy().equals(id))
                .map(Verdict::policyName)
                .collect(Collectors.joining());
    }
}
