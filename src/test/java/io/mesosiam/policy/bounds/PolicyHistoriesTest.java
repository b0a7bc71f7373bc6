package io.mesosiam.policy.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.HistoryLength;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.TestGrants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** After any history of rows, trust, namespaces and launch grants, a set decides as a new set of the same rows. */
class PolicyHistoriesTest {
    private static final int STEPS = 40;
    private static final List<String> PATHS = List.of("/", "/data", "/data/reporting", "/ops");
    private static final FrameworkId FRAMEWORK = new FrameworkId("f-1");

    @Test
    void eachSetIsEqualToANewOneAndEachDifferenceTouchesTheTasksThatItDecidesOtherwise() {
        for (int history = 0; history < HistoryLength.steps(60); history++) {
            new History(HistoryLength.seed(history)).run();
        }
    }

    private static final class History {
        private final long seed;
        private final Random random;
        private final Map<UUID, Policy> usable = new LinkedHashMap<>();
        private final Map<UUID, UnusableRow> unusable = new LinkedHashMap<>();
        private final Map<UUID, Long> versions = new LinkedHashMap<>();
        private final Set<AttributeTrust> trusts = new HashSet<>();
        private final Map<String, Namespace> namespaces = new LinkedHashMap<>();
        private final List<Subject> subjects;
        private final boolean accept;
        private Grants grants = Grants.NONE;
        private PolicySet set;

        History(long seed) {
            this.seed = seed;
            random = new Random(seed);
            accept = random.nextInt(4) == 0;
            set = new PolicySet(0, List.of(), List.of(), List.of(), accept);
            PATHS.forEach(path -> namespaces.put(path, new Namespace(path, Bounds.NONE)));
            subjects = IntStream.range(0, 24).mapToObj(_ -> subject()).toList();
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                int changes = 1 + random.nextInt(3);
                List<String> done = new ArrayList<>();
                for (int i = 0; i < changes; i++) {
                    done.add(change());
                }
                check("seed %d step %d %s".formatted(seed, step, done), step);
            }
        }

        private void check(String at, int step) {
            PolicySet before = set;
            PolicySet next = before.next(step, shuffled(usable.values()), shuffled(unusable.values()), trusts, tree())
                    .withGrants(grants);
            PolicySet anew = new PolicySet(
                            step, shuffled(usable.values()), shuffled(unusable.values()), trusts, accept, tree())
                    .withGrants(grants);
            set = next;

            assertThat(next.policies()).as(at).isEqualTo(anew.policies());
            assertThat(versions(next)).as(at).isEqualTo(versions(anew));
            assertThat(next.outOfBounds()).as(at).isEqualTo(anew.outOfBounds());
            assertThat(Set.copyOf(next.unusable())).as(at).isEqualTo(Set.copyOf(anew.unusable()));
            assertThat(next.boundsMesosRoles()).as(at).isEqualTo(anew.boundsMesosRoles());
            assertThat(PolicyDifference.between(next, anew).isEmpty()).as(at).isTrue();
            PolicyDifference whole = PolicyDifference.between(before, next);
            PolicyDifference applied = PolicyDifference.between(before.withGrants(grants), next);
            DecisionMemo memo = new DecisionMemo(next);
            for (Subject subject : subjects) {
                assertThat(next.decide(subject)).as(at).isEqualTo(anew.decide(subject));
                assertThat(deciders(next.decide(subject))).as(at).isEqualTo(deciders(anew.decide(subject)));
                assertThat(withoutMisses(next.outcomes(subject))).as(at).isEqualTo(withoutMisses(next.decide(subject)));
                assertThat(withoutMisses(memo.decide(subject))).as(at).isEqualTo(withoutMisses(anew.decide(subject)));
                assertThat(next.contested(subject)).as(at).isEqualTo(anew.contested(subject));
                if (!whole.touches(subject)) {
                    assertThat(withoutMisses(next.decide(subject)))
                            .as("untouched %s %s", at, subject)
                            .isEqualTo(withoutMisses(before.decide(subject)));
                }
                if (!applied.touches(subject)) {
                    assertThat(withoutMisses(next.decide(subject)))
                            .as("untouched %s %s", at, subject)
                            .isEqualTo(withoutMisses(before.withGrants(grants).decide(subject)));
                }
            }
        }

        private String change() {
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> {
                    return put();
                }
                case 4 -> {
                    return remove();
                }
                case 5 -> {
                    return breakRow();
                }
                case 6 -> {
                    Optional<UUID> id = one(usable.keySet());
                    id.ifPresent(it -> usable.computeIfPresent(it, (_, row) -> versioned(row)));
                    return "touch " + id;
                }
                case 7 -> {
                    Optional<UUID> id = one(usable.keySet());
                    id.ifPresent(it -> usable.computeIfPresent(it, (_, row) -> versioned(varied(row))));
                    return "vary " + id;
                }
                case 8 -> {
                    AttributeTrust trust = trust();
                    if (!trusts.remove(trust)) {
                        trusts.add(trust);
                    }
                    return "trust " + trust;
                }
                case 9, 10 -> {
                    String path = pick(PATHS);
                    if (random.nextInt(6) == 0) {
                        namespaces.remove(path);
                        return "drop " + path;
                    }
                    Namespace namespace = random.nextInt(8) == 0
                            ? new Namespace(
                                    path,
                                    bounds(),
                                    Optional.of("iam_role_arns: broken " + random.nextInt(2)),
                                    random.nextBoolean() ? Set.of() : Set.of("mesos_roles"))
                            : new Namespace(path, bounds());
                    namespaces.put(path, namespace);
                    return "bound " + namespace;
                }
                case 11 -> {
                    grants = random.nextInt(4) == 0 ? Grants.NONE : grantSet();
                    return "grants";
                }
                case 12 -> {
                    Optional<UUID> id = one(usable.keySet());
                    id.ifPresent(it -> usable.computeIfPresent(
                            it,
                            (_, row) -> versioned(new Policy(
                                    row.id(),
                                    row.namespace(),
                                    row.name(),
                                    row.enabled(),
                                    row.priority(),
                                    row.selectors(),
                                    row.rule() instanceof Rule.Deny
                                            ? new Rule.Allow(CredentialName.DEFAULT, gift())
                                            : new Rule.Deny(Optional.empty())))));
                    return "flip " + id;
                }
                default -> {
                    Optional<UUID> id = one(unusable.keySet());
                    id.ifPresent(it -> {
                        unusable.remove(it);
                        usable.put(it, policy(it));
                    });
                    return "mend " + id;
                }
            }
        }

        private String put() {
            UUID id = Policies.id("p" + random.nextInt(10)).value();
            unusable.remove(id);
            usable.put(id, policy(id));
            return "put " + usable.get(id);
        }

        private String remove() {
            UUID id = Policies.id("p" + random.nextInt(10)).value();
            usable.remove(id);
            unusable.remove(id);
            return "remove " + id;
        }

        private String breakRow() {
            UUID id = Policies.id("p" + random.nextInt(10)).value();
            Policy readable = Optional.ofNullable(usable.remove(id)).orElseGet(() -> policy(id));
            Optional<Effect> effect =
                    pick(List.of(Optional.of(Effect.DENY), Optional.of(Effect.ALLOW), Optional.<Effect>empty()));
            boolean mayDeny = !effect.equals(Optional.of(Effect.ALLOW));
            Policy deny = versioned(new Policy(
                    readable.id(),
                    readable.namespace(),
                    readable.name(),
                    true,
                    0,
                    readable.selectors(),
                    new Rule.Deny(pick(List.of(
                            Optional.empty(),
                            Optional.of(CredentialName.DEFAULT),
                            Optional.of(new CredentialName("logs")))))));
            Consequence consequence = !mayDeny
                    ? Consequence.NONE
                    : effect.isPresent() && random.nextBoolean() ? Consequence.DENIES : Consequence.HOLDS_BACK;
            unusable.put(
                    id,
                    new UnusableRow(
                            new RejectedRow(
                                    deny.id(),
                                    deny.name(),
                                    effect,
                                    "region: damaged " + random.nextInt(2),
                                    consequence),
                            Optional.of(deny).filter(_ -> mayDeny)));
            return "break " + unusable.get(id);
        }

        private Policy versioned(Policy row) {
            long version = versions.merge(row.id().value(), 1L, Long::sum);
            return new Policy(
                    new PolicyId(row.id().value(), OptionalLong.of(version)),
                    row.namespace(),
                    row.name(),
                    row.enabled(),
                    row.priority(),
                    row.selectors(),
                    row.rule());
        }

        private Policy varied(Policy row) {
            return switch (random.nextInt(5)) {
                case 0 ->
                    new Policy(
                            row.id(),
                            row.namespace(),
                            row.name(),
                            !row.enabled(),
                            row.priority(),
                            row.selectors(),
                            row.rule());
                case 1 ->
                    new Policy(
                            row.id(),
                            row.namespace(),
                            row.name(),
                            row.enabled(),
                            random.nextInt(3),
                            row.selectors(),
                            row.rule());
                case 2 ->
                    new Policy(
                            row.id(),
                            pick(PATHS),
                            row.name(),
                            row.enabled(),
                            row.priority(),
                            row.selectors(),
                            row.rule());
                case 3 ->
                    new Policy(
                            row.id(),
                            row.namespace(),
                            row.name(),
                            row.enabled(),
                            row.priority(),
                            selectors(),
                            row.rule());
                default ->
                    new Policy(
                            row.id(),
                            row.namespace(),
                            row.name(),
                            row.enabled(),
                            row.priority(),
                            row.selectors(),
                            rule());
            };
        }

        private Policy policy(UUID id) {
            return versioned(new Policy(
                    new PolicyId(id),
                    pick(PATHS),
                    "n" + random.nextInt(12),
                    random.nextInt(5) > 0,
                    random.nextInt(3),
                    selectors(),
                    rule()));
        }

        private Rule rule() {
            CredentialName name = random.nextInt(4) == 0 ? new CredentialName("logs") : CredentialName.DEFAULT;
            return random.nextInt(3) > 0
                    ? new Rule.Allow(name, gift())
                    : new Rule.Deny(random.nextBoolean() ? Optional.empty() : Optional.of(name));
        }

        private Entitlement gift() {
            Entitlement gift =
                    BoundedPolicies.gift(BoundedPolicies.ROLE + pick(List.of("data-1", "data-2", "ops", "web")));
            if (random.nextInt(3) == 0) {
                gift = BoundedPolicies.lasting(gift, pick(List.of(Duration.ofHours(2), Duration.ofDays(3))));
            }
            if (random.nextInt(5) == 0) {
                gift = BoundedPolicies.via(BoundedPolicies.ROLE + pick(List.of("hub", "data-hub")), gift);
            }
            if (random.nextInt(5) == 0) {
                gift = BoundedPolicies.sensitive(gift);
            }
            if (random.nextInt(5) == 0) {
                gift = gift.with(draft -> draft.sessionPolicy =
                        Optional.of("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));
            }
            return gift.with(draft -> {
                draft.sessionName = pick(List.of(Optional.empty(), Optional.of("{framework}"), Optional.of("{task}")));
                draft.tags = pick(List.of(Map.of(), Map.of("team", "a"), Map.of("team", "b")));
                draft.sessionLength = pick(List.of(Duration.ofHours(1), Duration.ofMinutes(30)));
            });
        }

        private List<Selector> selectors() {
            List<Selector> all = new ArrayList<>(List.of(
                    new Selector.FrameworkPrincipal("svc-web"),
                    new Selector.FrameworkPrincipal("svc-ops"),
                    new Selector.FrameworkName("web"),
                    new Selector.UnderMesosRole(new MesosRole("eng")),
                    new Selector.UnderMesosRole(new MesosRole("eng/data")),
                    new Selector.TaskName(new Glob("web-*")),
                    new Selector.TaskName(new Glob("web-1")),
                    new Selector.TaskName(new Glob("?eb*")),
                    new Selector.TaskUser("root"),
                    new Selector.Image(new Glob("registry/*")),
                    new Selector.HasLabel("team", Optional.of("data")),
                    new Selector.HasLabel("team", Optional.empty()),
                    new Selector.AgentAttribute("rack", Optional.of("109")),
                    new Selector.AgentAttribute("rack", Optional.of("[1-")),
                    new Selector.AgentAttribute("rack", Optional.empty())));
            Collections.shuffle(all, random);
            return all.subList(0, random.nextInt(3));
        }

        private AttributeTrust trust() {
            Attribute attribute = pick(List.of(Attribute.TASK_NAME, Attribute.LABEL, Attribute.MESOS_ROLE));
            return new AttributeTrust(
                    pick(List.of("svc-web", "svc-ops")),
                    attribute,
                    attribute == Attribute.LABEL && random.nextBoolean() ? Optional.of("team") : Optional.empty());
        }

        private Bounds bounds() {
            return new Bounds(
                    some(List.of(new Glob(BoundedPolicies.ROLE + "data-*"))),
                    some(Set.of(pick(List.of("123456789012", "999999999999")))),
                    some(List.of(new Glob(BoundedPolicies.ROLE + "*hub"))),
                    some(pick(List.of(List.of(new MesosRole("eng/data")), List.of(new MesosRole("eng")), List.of()))),
                    some(pick(List.of(Set.of("svc-web"), Set.of("svc-web", "svc-ops"), Set.of()))),
                    some(Duration.ofDays(1)),
                    some(SessionPolicyFloor.parse(
                            "[{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\",\"Sid\":\"S"
                                    + random.nextInt(2) + "\"}]")),
                    random.nextInt(6) == 0,
                    random.nextInt(8) == 0);
        }

        private <T> Optional<T> some(T value) {
            return random.nextInt(6) == 0 ? Optional.of(value) : Optional.empty();
        }

        private GrantSet grantSet() {
            return GrantSet.of(Stream.of("g1", "g2", "g3", "g4")
                    .filter(_ -> random.nextBoolean())
                    .map(this::grant)
                    .toList());
        }

        private LaunchGrant grant(String name) {
            UUID id = TestGrants.id(name);
            Optional<String> task = name.equals("g4") ? Optional.of("t-1") : Optional.empty();
            List<Selector> selectors = new ArrayList<>(List.of(
                    new Selector.FrameworkPrincipal("svc-web"), new Selector.UnderMesosRole(new MesosRole("eng"))));
            if (task.isEmpty()) {
                selectors.add(LaunchGrant.label(id));
            }
            TaskContainer holder = new TaskContainer(key(), ContainerId.of("c-" + random.nextInt(2)));
            LaunchGrant.State state =
                    switch (random.nextInt(5)) {
                        case 0 -> new LaunchGrant.State.Unbound();
                        case 1, 2 -> new LaunchGrant.State.Bound(holder);
                        case 3 -> new LaunchGrant.State.Suspended("two", Optional.of(holder));
                        default -> new LaunchGrant.State.Ended("was revoked", Optional.empty());
                    };
            return new LaunchGrant(
                    new Policy(
                            PolicyId.ofGrant(id),
                            pick(PATHS),
                            id.toString(),
                            true,
                            0,
                            selectors,
                            new Rule.Allow(CredentialName.DEFAULT, gift())),
                    task,
                    state);
        }

        private TaskKey key() {
            return new TaskKey(FRAMEWORK, new TaskId("t-" + random.nextInt(2)), new MesosAgentId("a-1"));
        }

        private Subject subject() {
            Optional<Framework> framework = random.nextInt(8) == 0
                    ? Optional.empty()
                    : Optional.of(new Framework(
                            FRAMEWORK,
                            pick(List.of("web", "etl")),
                            pick(List.of(
                                    Optional.of("svc-web"),
                                    Optional.of("svc-web"),
                                    Optional.of("svc-ops"),
                                    Optional.empty(),
                                    Optional.of("s\uFFFD"))),
                            "root",
                            random.nextInt(15) == 0));
            Optional<MesosAgent> agent = random.nextInt(6) == 0
                    ? Optional.empty()
                    : Optional.of(new MesosAgent(
                            new MesosAgentId("a-1"),
                            "host",
                            "10.0.0.1",
                            pick(List.of(Map.of(), Map.of("rack", "109"), Map.of("rack", "[1-"))),
                            true,
                            false));
            List<Label> labels = new ArrayList<>();
            if (random.nextBoolean()) {
                labels.add(new Label(
                        "team", pick(List.of(Optional.of("data"), Optional.of("d\uFFFD"), Optional.empty()))));
            }
            if (random.nextInt(3) == 0) {
                labels.add(new Label(
                        LaunchGrant.LABEL,
                        Optional.of(
                                TestGrants.id(pick(List.of("g1", "g2", "g3"))).toString())));
            }
            return new Subject(
                    new Task(
                            key(),
                            pick(List.of("web-1", "web-22", "job", "w\uFFFD")),
                            new MesosRole(pick(List.of("eng", "eng/data", "eng/data/etl", "ops"))),
                            pick(List.of(Optional.of("root"), Optional.empty())),
                            Optional.empty(),
                            pick(List.of(Optional.of("registry/web:1"), Optional.empty())),
                            labels,
                            TaskState.RUNNING,
                            pick(List.of(
                                    Optional.of(ContainerId.of("c-0")),
                                    Optional.of(ContainerId.of("c-1")),
                                    Optional.empty()))),
                    framework,
                    agent,
                    random.nextInt(4) > 0,
                    random.nextInt(6) > 0 ? new Enforcement(true, true, true, true) : Enforcement.UNKNOWN);
        }

        private Namespaces tree() {
            return new Namespaces(namespaces.values());
        }

        private <T> List<T> shuffled(Collection<T> rows) {
            List<T> all = new ArrayList<>(rows);
            Collections.shuffle(all, random);
            return all;
        }

        private <T> T pick(List<? extends T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private <T> Optional<T> one(Set<T> from) {
            return from.isEmpty() ? Optional.empty() : Optional.of(pick(List.copyOf(from)));
        }
    }

    private static List<String> versions(PolicySet set) {
        return set.policies().stream()
                .map(row -> row.id() + " " + row.id().version())
                .toList();
    }

    private static Map<CredentialName, String> deciders(Map<CredentialName, Decision> decisions) {
        return decisions.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> switch (entry.getValue()) {
                    case Decision.Allowed d -> d.policy() + " " + d.policy().version();
                    case Decision.Denied d -> d.policy() + " " + d.policy().version();
                    default -> "";
                }));
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
}
