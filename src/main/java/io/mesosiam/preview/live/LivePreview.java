package io.mesosiam.preview.live;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.reconcile.LeaseOverview;
import io.mesosiam.lease.store.UnreadableWithdrawals;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.preview.BlastRadius;
import io.mesosiam.preview.Effect;
import io.mesosiam.preview.Effects;
import io.mesosiam.preview.PolicyFindings;
import io.mesosiam.preview.Preview;
import io.mesosiam.preview.Reached;
import io.mesosiam.preview.RoleReach;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Previews changes of the policies from this controller's view, and says which tasks reach an IAM role. Thread-safe. An
 * answer can take a second in a large cluster: don't call it on an event loop.
 */
public final class LivePreview {
    /** The most IAM roles of changed policies for which an answer says what reaches them. */
    private static final int MOST_ROLES = 20;

    private final Supplier<PolicySet> policies;
    private final Supplier<Optional<String>> trouble;
    private final LeaseOverview overview;
    private final SessionSource sessions;
    private final BooleanSupplier holdsBack;
    private final LeasePlanner planner;
    private final BlastRadius radius;
    private final LeasesElsewhere elsewhere;

    /**
     * @param policies the policies in force
     * @param trouble why they may be out of date, or not all of them can be used
     * @param holdsBack whether a withdrawal that can't be read holds back new leases
     * @param planner with the rules of the reconciler's own
     * @param elsewhere the leases of other controllers' hosts
     */
    public LivePreview(
            Supplier<PolicySet> policies,
            Supplier<Optional<String>> trouble,
            LeaseOverview overview,
            SessionSource sessions,
            BooleanSupplier holdsBack,
            LeasePlanner planner,
            BlastRadius radius,
            LeasesElsewhere elsewhere) {
        this.policies = policies;
        this.trouble = trouble;
        this.overview = overview;
        this.sessions = sessions;
        this.holdsBack = holdsBack;
        this.planner = planner;
        this.radius = radius;
        this.elsewhere = elsewhere;
    }

    /**
     * Previews a set of changes that are made together.
     *
     * @param confirmed the number of ended leases that the caller confirms
     * @return empty while this controller doesn't know the cluster yet
     */
    public Optional<Previewed> of(Collection<? extends PolicyChange> changes, OptionalLong confirmed) {
        PolicySet before = policies.get();
        PolicySet after = before.with(changes);
        return overview.state().map(state -> of(before, after, state, confirmed));
    }

    private Previewed of(PolicySet before, PolicySet after, ClusterState state, OptionalLong confirmed) {
        PolicyDifference difference = PolicyDifference.between(before, after);
        Set<Launch> touched = difference.touched(state);
        Decider then = decider(after);
        Preview preview = new Preview(planner, sessions, decider(before), then, state);
        List<Effect> effects = new ArrayList<>();
        overview.containers(touched, container -> effects.addAll(preview.effects(container)));
        Effects all = new Effects(elsewhere.completed(effects), touched.size());
        // those that end count, although their rows may not be written yet
        long live = Math.max(
                elsewhere.count().orElseGet(this::liveLeases), all.ended().size());
        return new Previewed(
                basis(before, state),
                all,
                live,
                roles(difference).map(role -> reach(role, after, then, state)).toList(),
                before,
                after,
                radius.objection(all.ended().size(), live, confirmed));
    }

    /** Why a write that ends that many of all live leases is refused; empty if it may be made. */
    public Optional<String> objection(long ends, long live, OptionalLong confirmed) {
        return radius.objection(ends, live, confirmed);
    }

    /** The number of live leases that this controller knows, also before it knows the cluster. */
    public long liveLeases() {
        return overview.leases().stream().filter(Lease::isLive).count();
    }

    /** What reaches an IAM role now; empty while this controller doesn't know the cluster yet. */
    public Optional<Previewed.Role> reach(IamRole role) {
        PolicySet set = policies.get();
        return overview.state().map(state -> reach(role, set, decider(set), state));
    }

    /** What is probably not intended in the policies; empty while this controller doesn't know the cluster yet. */
    public Optional<Findings> findings() {
        PolicySet set = policies.get();
        return overview.state()
                .map(state -> new Findings(basis(set, state), set, new PolicyFindings(set, state, refusedByAws())));
    }

    /**
     * What reaches an IAM role, with the leases of other controllers' hosts as the database has them. Blocks.
     *
     * @throws RuntimeException if the database can't be read
     */
    public Previewed.Role completed(Previewed.Role role) {
        return new Previewed.Role(role.role(), role.policies(), role.grants(), elsewhere.reaching(role.reached()));
    }

    /** Why AWS refused the last session of each policy that has a failed lease. */
    private Map<PolicyId, String> refusedByAws() {
        Map<PolicyId, String> refused = new HashMap<>();
        overview.leases().forEach(lease -> {
            if (lease.state() instanceof LeaseState.Failed failed) {
                refused.put(lease.policy(), failed.reason());
            }
        });
        return refused;
    }

    /** What answers rest on now; empty while this controller doesn't know the cluster yet. */
    public Optional<Basis> basis() {
        return overview.state().map(state -> basis(policies.get(), state));
    }

    private static Stream<IamRole> roles(PolicyDifference difference) {
        return difference.policies().stream()
                .flatMap(policy -> policy.rule() instanceof Rule.Allow allow
                        ? Stream.of(allow.entitlement().role())
                        : Stream.empty())
                .distinct()
                .limit(MOST_ROLES);
    }

    /** A live lease of the role counts too: it may be kept although the policies give something else. */
    private Previewed.Role reach(IamRole role, PolicySet set, Decider decider, ClusterState state) {
        RoleReach reach = new RoleReach(planner, sessions, decider, state);
        Set<Launch> candidates = new HashSet<>(RoleReach.candidates(role, set, state));
        overview.leases().stream()
                .filter(lease -> lease.isLive() && lease.role().equals(role))
                .forEach(lease -> candidates.add(lease.launch()));
        List<Reached> reached = new ArrayList<>();
        overview.containers(candidates, container -> reached.addAll(reach.reaching(role, container)));
        Map<PolicyId, String> grants = new HashMap<>();
        reached.forEach(each ->
                set.grants().find(each.gift().policy()).ifPresent(grant -> grants.put(grant.id(), grant.namespace())));
        return new Previewed.Role(role, RoleReach.policies(role, set), grants, reached);
    }

    /** A launch grant that fits counts as bound: that takes a moment. */
    private Decider decider(PolicySet set) {
        DecisionMemo memo = new DecisionMemo(set);
        return new UnreadableWithdrawals(
                subject -> {
                    Map<CredentialName, Decision> decisions = new HashMap<>(memo.decide(subject));
                    decisions.replaceAll(
                            (_, decision) -> decision instanceof Decision.Unbound unbound ? unbound.bound() : decision);
                    return decisions;
                },
                holdsBack);
    }

    private Basis basis(PolicySet set, ClusterState state) {
        List<String> gaps = new ArrayList<>();
        trouble.get().ifPresent(gaps::add);
        if (!state.masterAnswers()) {
            gaps.add("no leading master answers; the tasks are those last known");
        }
        if (state.view() instanceof ClusterState.Completeness.Incomplete incomplete) {
            gaps.add("the cluster state is incomplete: " + incomplete.reason());
        }
        long elsewhere = state.launches().values().stream()
                .filter(task -> task.end().isEmpty())
                .map(task -> task.launch().key().agent())
                .distinct()
                .filter(host -> !overview.connectedHosts().contains(host))
                .count();
        if (elsewhere > 0) {
            gaps.add("hosts with running tasks whose agents are not connected to this controller: " + elsewhere
                    + "; the leases that end there are those of the database");
        }
        return new Basis(set.version(), state.version(), state.leader().map(ClusterState.Leader::id), gaps);
    }
}
