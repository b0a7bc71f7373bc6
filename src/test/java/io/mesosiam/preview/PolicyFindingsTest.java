package io.mesosiam.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Findings in a cluster with the running tasks t0 and t1 of a framework with the principal {@code principal}. */
class PolicyFindingsTest {
    private static final Selector PROVEN = new Selector.FrameworkPrincipal("principal");

    private final List<Policy> policies = new ArrayList<>();
    private List<AttributeTrust> trusts = List.of();
    private Map<PolicyId, String> refused = Map.of();

    @Test
    void aPolicyThatGivesATaskItsCredentialsHasNoFinding() {
        add(allow("a", 0, "a", PROVEN));

        assertThat(findings()).isEmpty();
    }

    @Test
    void aPolicyThatNoTaskMatchesIsFound() {
        add(allow("a", 0, "a", new Selector.FrameworkPrincipal("other")));

        assertThat(findings()).containsExactly("a matches-nothing []");
    }

    @Test
    void aPolicyThatAnotherOneOverrulesForEveryTaskIsShadowed() {
        add(allow("low", 0, "a", PROVEN, task("t0")), allow("high", 1, "b", PROVEN));

        assertThat(findings()).containsExactly("low shadowed [high]");
    }

    @Test
    void aPolicyThatIsOverruledForSomeTasksOnlyIsNotShadowed() {
        add(allow("low", 0, "a", PROVEN), allow("high", 1, "b", PROVEN, task("t0")));

        assertThat(findings()).isEmpty();
    }

    @Test
    void aPolicyUnderADenyIsShadowed() {
        add(allow("a", 0, "a", PROVEN), policy("stop", 0, new Rule.Deny(Optional.empty()), PROVEN));

        assertThat(findings()).containsExactly("a shadowed [stop]");
    }

    @Test
    void policiesThatConflictNameEachOther() {
        add(allow("a", 0, "a", PROVEN), allow("b", 0, "b", PROVEN, task("t1")));

        assertThat(findings()).containsExactlyInAnyOrder("a conflicts [b]", "b conflicts [a]");
    }

    @Test
    void ofManyPoliciesThatConflictEachNamesTwentyAndTheirNumber() {
        IntStream.range(0, 25).forEach(i -> add(allow("p" + i, 0, "p" + i, PROVEN)));
        List<PolicyId> byId = policies.stream()
                .map(Policy::id)
                .sorted(Comparator.comparing(PolicyId::value))
                .toList();

        assertThat(all()).hasSize(25).allSatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(PolicyFinding.Kind.CONFLICTS);
            assertThat(finding.otherCount()).isEqualTo(24);
            assertThat(finding.others())
                    .containsExactlyElementsOf(byId.stream()
                            .filter(other -> !other.equals(finding.policy()))
                            .limit(20)
                            .toList());
        });
    }

    @Test
    void ofManyPoliciesThatTakePrecedenceTwentyAreNamedAndCounted() {
        add(allow("low", 0, "low", PROVEN));
        IntStream.range(0, 30).forEach(i -> add(allow("high" + i, 1, "high", PROVEN)));

        assertThat(all())
                .filteredOn(finding -> finding.policy().equals(id("low")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo(PolicyFinding.Kind.SHADOWED);
                    assertThat(finding.others()).hasSize(20);
                    assertThat(finding.otherCount()).isEqualTo(30);
                });
    }

    @Test
    void othersOfSeveralTasksAreCountedOnce() {
        add(
                allow("low", 0, "low", PROVEN),
                allow("high", 1, "high", PROVEN, task("t0")),
                allow("higher", 2, "high", PROVEN, task("t1")));

        assertThat(all())
                .filteredOn(finding -> finding.policy().equals(id("low")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.others()).containsExactlyInAnyOrder(id("high"), id("higher"));
                    assertThat(finding.otherCount()).isEqualTo(2);
                });
    }

    @Test
    void aPolicyWithSelfAssertedValuesAloneIsFound() {
        add(allow("a", 0, "a", task("t*")));

        assertThat(findings()).containsExactly("a self-asserted []");
    }

    @Test
    void aTrustedAttributeIsNotSelfAsserted() {
        add(allow("a", 0, "a", task("t*")));
        trusts = List.of(new AttributeTrust("principal", Attribute.TASK_NAME, Optional.empty()));

        assertThat(findings()).isEmpty();
    }

    @Test
    void theLastRefusalOfAwsIsAFinding() {
        add(allow("a", 0, "a", PROVEN, task("t0")), allow("b", 0, "b", PROVEN, task("t1")));
        refused = Map.of(
                id("a"), "AccessDenied: not authorized",
                id("b"), "ValidationError: DurationSeconds exceeds the MaxSessionDuration set for this role");

        assertThat(findings()).containsExactlyInAnyOrder("a refused-by-aws []", "b session-too-long []");
    }

    @Test
    void aWildcardThatIsComparedLiterallyIsSuspect() {
        add(allow("a", 0, "a", new Selector.FrameworkPrincipal("princ*")));

        assertThat(findings()).containsExactly("a suspect []", "a matches-nothing []");
    }

    @Test
    void aDisabledPolicyIsNotExpectedToMatch() {
        Policy off = allow("a", 0, "a", PROVEN);
        add(new Policy(off.id(), "/", "a", false, 0, off.selectors(), off.rule()));

        assertThat(findings()).isEmpty();
    }

    private List<String> findings() {
        return all().stream()
                .map(finding -> name(finding.policy()) + " "
                        + finding.kind().text() + " "
                        + finding.others().stream().map(this::name).toList())
                .toList();
    }

    private List<PolicyFinding> all() {
        SimulatedCluster cluster = new SimulatedCluster();
        Stream.of(0, 1)
                .forEach(task ->
                        cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, SimulatedCluster.HOSTS.getFirst()));
        PolicySet set = new PolicySet(1, policies, List.of(), trusts, false);
        return new PolicyFindings(set, cluster.state(), refused).all().toList();
    }

    private String name(PolicyId id) {
        return policies.stream()
                .filter(policy -> policy.id().equals(id))
                .map(Policy::name)
                .findFirst()
                .orElseThrow();
    }

    private void add(Policy... all) {
        policies.addAll(List.of(all));
    }

    private static Selector task(String glob) {
        return new Selector.TaskName(new Glob(glob));
    }

    private static Policy allow(String name, int priority, String role, Selector... selectors) {
        return policy(
                name,
                priority,
                new Rule.Allow(CredentialName.DEFAULT, Entitlement.of(TestLaunches.role(role))),
                selectors);
    }

    private static Policy policy(String name, int priority, Rule rule, Selector... selectors) {
        return new Policy(id(name), "/", name, true, priority, List.of(selectors), rule);
    }

    private static PolicyId id(String name) {
        return new PolicyId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }
}
