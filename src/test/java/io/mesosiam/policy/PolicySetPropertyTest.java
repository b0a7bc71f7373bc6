package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties that hold for every set of rows. */
class PolicySetPropertyTest {
    @Property
    void theOrderOfRowsNeverMatters(
            @ForAll("rows") List<Policy> rows, @ForAll("subjects") Subject subject, @ForAll Random random) {
        List<Policy> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, random);

        assertThat(PolicySet.of(1, shuffled).decide(subject))
                .isEqualTo(PolicySet.of(1, rows).decide(subject));
    }

    @Property
    void aDenyNeverWidens(
            @ForAll("rows") List<Policy> rows,
            @ForAll("denies") Rule deny,
            @ForAll("selectors") List<Selector> selectors,
            @ForAll("subjects") Subject subject) {
        List<Policy> more = new ArrayList<>(rows);
        more.add(policy("one-more", 5, true, selectors, deny));

        Map<CredentialName, Decision> before = PolicySet.of(1, rows).decide(subject);
        PolicySet.of(1, more).decide(subject).forEach((name, decision) -> {
            if (decision instanceof Decision.Allowed allowed) {
                assertThat(before.get(name))
                        .isInstanceOfSatisfying(Decision.Allowed.class, b -> assertThat(b.entitlement())
                                .isEqualTo(allowed.entitlement()));
            }
        });
    }

    @Property
    void everyDecisionExplainsEveryPolicy(@ForAll("rows") List<Policy> rows, @ForAll("registered") Subject subject) {
        assertThat(PolicySet.of(1, rows).decide(subject).values()).isNotEmpty().allSatisfy(decision -> assertThat(
                        decision.verdicts())
                .extracting(Verdict::policy)
                .containsExactlyInAnyOrderElementsOf(
                        rows.stream().map(Policy::id).toList()));
    }

    @Provide
    Arbitrary<List<Policy>> rows() {
        Arbitrary<Policy> unnamed = Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(true, true, true, false),
                        selectors(),
                        Arbitraries.oneOf(allows(), allows(), denies()))
                .as((priority, enabled, selectors, rule) -> policy("?", priority, enabled, selectors, rule));
        return unnamed.list().ofMaxSize(6).map(list -> IntStream.range(0, list.size())
                .mapToObj(i -> {
                    Policy p = list.get(i);
                    return policy("p" + i, p.priority(), p.enabled(), p.selectors(), p.rule());
                })
                .toList());
    }

    @Provide
    Arbitrary<Rule> denies() {
        return names().optional().map(Rule.Deny::new);
    }

    @Provide
    Arbitrary<List<Selector>> selectors() {
        return Arbitraries.of(
                        Policies.principal("svc-web"),
                        Policies.principal("svc-batch"),
                        Policies.taskName("web-*"),
                        Policies.label("team", "data"),
                        Policies.rack("r1"),
                        Policies.rack("r2"))
                .list()
                .ofMaxSize(2);
    }

    @Provide
    Arbitrary<Subject> subjects() {
        return Arbitraries.of(
                Subjects.web(),
                Subjects.reported(),
                Subjects.unenforced(),
                Subjects.withoutFramework(),
                Subjects.withoutAgent(),
                Subjects.disputed(),
                Subjects.bare());
    }

    @Provide
    Arbitrary<Subject> registered() {
        return Arbitraries.of(
                Subjects.web(), Subjects.reported(), Subjects.unenforced(), Subjects.withoutAgent(), Subjects.bare());
    }

    private static Arbitrary<Rule> allows() {
        Arbitrary<Entitlement> gifts = Arbitraries.of("a", "b").map(Policies::gift);
        return Combinators.combine(names(), Arbitraries.oneOf(gifts, gifts.map(Policies::sensitive)))
                .as(Rule.Allow::new);
    }

    private static Arbitrary<CredentialName> names() {
        return Arbitraries.of("default", "logs").map(CredentialName::new);
    }

    private static Policy policy(String name, int priority, boolean enabled, List<Selector> selectors, Rule rule) {
        return new Policy(Policies.id(name), "/", name, enabled, priority, selectors, rule);
    }
}
