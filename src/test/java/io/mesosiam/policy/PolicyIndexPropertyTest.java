package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import io.mesosiam.policy.Verdict.Result;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.cluster.PolicyDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The index, the memo and the difference never change a decision, whatever the rows and the task's values are. */
class PolicyIndexPropertyTest {
    private static final String DAMAGED = "r\uFFFD";

    @Property
    void theIndexNeverChangesADecision(@ForAll("sets") PolicySet set, @ForAll("subjects") Subject subject) {
        assertThat(withoutMisses(set.outcomes(subject))).isEqualTo(withoutMisses(set.decide(subject)));
    }

    @Property
    void theMemoNeverChangesADecision(@ForAll("sets") PolicySet set, @ForAll("manySubjects") List<Subject> subjects) {
        DecisionMemo memo = new DecisionMemo(set);

        assertThat(subjects).allSatisfy(subject -> assertThat(withoutMisses(memo.decide(subject)))
                .isEqualTo(withoutMisses(set.outcomes(subject))));
    }

    @Property
    void aTaskThatADifferenceDoesNotTouchIsDecidedAlike(
            @ForAll("sets") PolicySet set,
            @ForAll("limits") NamespaceLimits limits,
            @ForAll("changes") List<PolicyChange> changes,
            @ForAll("subjects") Subject subject) {
        PolicySet before = set.with(List.of(new PolicyChange.Bound(limits)));
        PolicySet after = before.with(changes);

        if (!PolicyDifference.between(before, after).touches(subject)) {
            assertThat(withoutMisses(after.decide(subject))).isEqualTo(withoutMisses(before.decide(subject)));
        }
    }

    @Property
    void changesThatAreTakenBackLeaveNoDifference(
            @ForAll("sets") PolicySet set, @ForAll("changes") List<PolicyChange> changes) {
        PolicySet after = set.with(changes);
        List<PolicyChange> back = new ArrayList<>();
        after.policies().forEach(policy -> back.add(new PolicyChange.Remove(policy.id())));
        after.unusable()
                .forEach(row -> back.add(new PolicyChange.Remove(row.row().policy())));
        set.policies().forEach(policy -> back.add(new PolicyChange.Put(policy)));
        after.trusted().forEach(trust -> back.add(new PolicyChange.Distrust(trust)));
        set.trusted().forEach(trust -> back.add(new PolicyChange.Trust(trust)));
        PolicySet usable = set.with(set.unusable().stream()
                .map(row -> new PolicyChange.Remove(row.row().policy()))
                .toList());

        assertThat(PolicyDifference.between(usable, after.with(back)).isEmpty()).isTrue();
    }

    @Property
    void theNextSetIsEqualToANewOne(
            @ForAll("sets") PolicySet set,
            @ForAll("changes") List<PolicyChange> first,
            @ForAll("limits") NamespaceLimits limits,
            @ForAll("changes") List<PolicyChange> second,
            @ForAll("manySubjects") List<Subject> subjects) {
        PolicySet next =
                set.with(first).with(List.of(new PolicyChange.Bound(limits))).with(second);
        PolicySet anew = new PolicySet(
                next.version(),
                next.policies().reversed(),
                next.unusable(),
                next.trusted(),
                next.acceptsSelfAsserted(),
                limits);

        assertThat(next.policies()).isEqualTo(anew.policies());
        assertThat(next.outOfBounds()).isEqualTo(anew.outOfBounds());
        assertThat(PolicyDifference.between(next, anew).isEmpty()).isTrue();
        assertThat(subjects).allSatisfy(subject -> {
            assertThat(next.decide(subject)).isEqualTo(anew.decide(subject));
            assertThat(withoutMisses(next.outcomes(subject))).isEqualTo(withoutMisses(anew.outcomes(subject)));
        });
    }

    @Provide
    Arbitrary<NamespaceLimits> limits() {
        NamespaceLimits some = (policy, _) -> policy.name().equals("p1")
                ? new NamespaceLimits.Placement.Outside(TaskScope.EVERY_TASK, "regions: not allowed")
                : new NamespaceLimits.Placement.Within(policy, TaskScope.EVERY_TASK);
        NamespaceLimits trustedOnly = (policy, trusted) -> trusted.isEmpty()
                ? new NamespaceLimits.Placement.Outside(TaskScope.EVERY_TASK, "framework_principal: not trusted")
                : new NamespaceLimits.Placement.Within(policy, TaskScope.EVERY_TASK);
        return Arbitraries.of(NamespaceLimits.NONE, some, trustedOnly);
    }

    private static Map<CredentialName, Decision> withoutMisses(Map<CredentialName, Decision> decisions) {
        return decisions.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> withoutMisses(entry.getValue())));
    }

    private static Decision withoutMisses(Decision decision) {
        List<Verdict> verdicts = decision.verdicts().stream()
                .filter(verdict -> verdict.result() != Result.NO_MATCH && verdict.result() != Result.DISABLED)
                .toList();
        return switch (decision) {
            case Decision.Allowed d ->
                new Decision.Allowed(d.entitlement(), d.policy(), d.selfAsserted(), d.summary(), verdicts);
            case Decision.Denied d -> new Decision.Denied(d.policy(), d.summary(), verdicts);
            case Decision.Conflict d -> new Decision.Conflict(d.policies(), d.standing(), d.summary(), verdicts);
            case Decision.NoMatch d -> new Decision.NoMatch(d.summary(), d.withheld(), verdicts);
            case Decision.Pending d -> new Decision.Pending(d.summary(), verdicts, d.standing());
            case Decision.Narrowed d -> new Decision.Narrowed(d.summary(), verdicts, d.standing());
            case Decision.Unbound d ->
                new Decision.Unbound(d.grant(), d.summary(), verdicts, d.standing(), d.exhaustive());
        };
    }

    @Provide
    Arbitrary<PolicySet> sets() {
        return Combinators.combine(
                        policies(0),
                        unusable()
                                .list()
                                .uniqueElements(row -> row.row().policy())
                                .ofMaxSize(2),
                        trusts().list().uniqueElements().ofMaxSize(2),
                        Arbitraries.of(true, false))
                .as((policies, unusable, trusts, accept) -> new PolicySet(1, policies, unusable, trusts, accept));
    }

    @Provide
    Arbitrary<List<PolicyChange>> changes() {
        Arbitrary<PolicyChange> puts = policy().map(PolicyChange.Put::new);
        Arbitrary<PolicyChange> removals =
                Arbitraries.integers().between(0, 6).map(i -> new PolicyChange.Remove(Policies.id("p" + i)));
        Arbitrary<PolicyChange> trusts = trusts().map(PolicyChange.Trust::new);
        Arbitrary<PolicyChange> distrusts = trusts().map(PolicyChange.Distrust::new);
        return Arbitraries.oneOf(puts, puts, removals, trusts, distrusts)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private Arbitrary<List<Policy>> policies(int least) {
        return policy().list().ofMinSize(least).ofMaxSize(8).map(list -> IntStream.range(0, list.size())
                .mapToObj(i -> named("p" + i, list.get(i)))
                .toList());
    }

    private static Policy named(String name, Policy p) {
        return new Policy(Policies.id(name), "/", name, p.enabled(), p.priority(), p.selectors(), p.rule());
    }

    private Arbitrary<Policy> policy() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(true, true, true, false),
                        selectors(),
                        rules())
                .as((row, priority, enabled, selectors, rule) ->
                        new Policy(Policies.id("p" + row), "/", "p" + row, enabled, priority, selectors, rule));
    }

    private Arbitrary<Rule> rules() {
        Arbitrary<CredentialName> names = Arbitraries.of("default", "logs").map(CredentialName::new);
        Arbitrary<Rule> allows = Combinators.combine(
                        names, Arbitraries.of("a", "b").map(Policies::gift))
                .as(Rule.Allow::new);
        Arbitrary<Rule> denies = names.optional().map(Rule.Deny::new);
        return Arbitraries.oneOf(allows, allows, denies);
    }

    private Arbitrary<UnusableRow> unusable() {
        return Combinators.combine(
                        Arbitraries.of("u1", "u2", "u3"),
                        selectors(),
                        Arbitraries.of(Effect.DENY, Effect.ALLOW).optional())
                .as((name, selectors, effect) -> new UnusableRow(
                        new RejectedRow(
                                Policies.id(name),
                                name,
                                effect,
                                "region: damaged",
                                effect.isPresent() ? Consequence.DENIES : Consequence.HOLDS_BACK),
                        Optional.of(new Policy(
                                        Policies.id(name),
                                        "/",
                                        name,
                                        true,
                                        0,
                                        selectors,
                                        new Rule.Deny(Optional.empty())))
                                .filter(_ -> !effect.equals(Optional.of(Effect.ALLOW)))));
    }

    /** Only labels and attributes of Mesos agents have keys, as the table requires. */
    private static Arbitrary<AttributeTrust> trusts() {
        Arbitrary<Optional<String>> keys = Arbitraries.of("team").optional();
        return Combinators.combine(
                        Arbitraries.of("svc-web", "svc-batch"),
                        Arbitraries.of(Attribute.TASK_NAME, Attribute.LABEL, Attribute.MESOS_ROLE),
                        keys)
                .as((principal, attribute, key) ->
                        new AttributeTrust(principal, attribute, key.filter(_ -> attribute == Attribute.LABEL)));
    }

    private static Arbitrary<List<Selector>> selectors() {
        return Arbitraries.<Selector>of(
                        new Selector.FrameworkPrincipal("svc-web"),
                        new Selector.FrameworkPrincipal("svc-batch"),
                        new Selector.FrameworkName("web"),
                        new Selector.UnderMesosRole(new MesosRole("eng")),
                        new Selector.UnderMesosRole(new MesosRole("eng/data")),
                        new Selector.UnderMesosRole(new MesosRole("eng/")),
                        new Selector.TaskName(new Glob("web-*")),
                        new Selector.TaskName(new Glob("web-1")),
                        new Selector.TaskName(new Glob("?eb*")),
                        new Selector.TaskUser("root"),
                        new Selector.Image(new Glob("registry/*")),
                        new Selector.HasLabel("team", Optional.of("data")),
                        new Selector.HasLabel("team", Optional.empty()),
                        new Selector.HasLabel(DAMAGED, Optional.of("data")),
                        new Selector.AgentAttribute("rack", Optional.of("109")),
                        new Selector.AgentAttribute("rack", Optional.of("[1-")),
                        new Selector.AgentAttribute("rack", Optional.empty()),
                        new Selector.Unreadable(Attribute.LABEL, "labels", "not an array"))
                .list()
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<Subject>> manySubjects() {
        return subjects().list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<Subject> subjects() {
        Arbitrary<Optional<Framework>> frameworks = Combinators.combine(
                        Arbitraries.of("web", DAMAGED),
                        Arbitraries.of("svc-web", "svc-batch", DAMAGED).optional(),
                        Arbitraries.frequencyOf(
                                Tuple.of(9, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true))))
                .as((name, principal, disputed) ->
                        new Framework(new FrameworkId("f-1"), name, principal, "root", disputed))
                .optional(0.85);
        Arbitrary<Optional<MesosAgent>> agents = Arbitraries.of(
                        Map.<String, String>of(),
                        Map.of("rack", "109.0", "zone", "a"),
                        Map.of("rack", "[1-"),
                        Map.of("rack", DAMAGED),
                        Map.of(DAMAGED, "109"))
                .map(attributes -> new MesosAgent(new MesosAgentId("a-1"), "host", "10.0.0.1", attributes, true, false))
                .optional(0.85);
        return Combinators.combine(
                        tasks(),
                        frameworks,
                        agents,
                        Arbitraries.of(true, false),
                        Arbitraries.of(Subjects.ENFORCED, Subjects.ENFORCED, Enforcement.UNKNOWN))
                .as(Subject::new);
    }

    private static Arbitrary<Task> tasks() {
        Arbitrary<List<Label>> labels = Arbitraries.of(
                        new Label("team", Optional.of("data")),
                        new Label("team", Optional.of(DAMAGED)),
                        new Label("team", Optional.empty()),
                        new Label("other", Optional.of("data")),
                        new Label(DAMAGED, Optional.of("data")))
                .list()
                .ofMaxSize(2);
        return Combinators.combine(
                        Arbitraries.of("web-1", "web-22", "w", DAMAGED),
                        Arbitraries.of("eng", "eng/data/x", "eng2", "eng//x", "*"),
                        Arbitraries.of("root", "www").optional(),
                        Arbitraries.of("registry/web:1", "other", DAMAGED).optional(),
                        labels)
                .as((name, role, user, image, all) -> new Task(
                        new TaskKey(new FrameworkId("f-1"), new TaskId("t-1"), new MesosAgentId("a-1")),
                        name,
                        new MesosRole(role),
                        user,
                        Optional.empty(),
                        image,
                        all,
                        TaskState.RUNNING,
                        Optional.empty()));
    }
}
