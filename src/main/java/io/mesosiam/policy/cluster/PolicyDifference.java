package io.mesosiam.policy.cluster;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.UnusableRow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows in which two sets of policies differ. Answers for which tasks the two sets may decide differently, without
 * deciding. Immutable.
 */
public final class PolicyDifference {
    private final List<Policy> policies;
    /** The rows that differ, as they were and as they are, without bounds: what they may concern at most. */
    private final List<PolicySet> differing;
    /** The framework principals for which another attribute is trusted. */
    private final Set<String> principals;

    private final boolean unusable;
    private final boolean everything;
    private final PolicySet before;
    private final PolicySet after;
    private final boolean rebound;

    private PolicyDifference(PolicySet before, PolicySet after) {
        this.before = before;
        this.after = after;
        this.rebound = !before.isBoundedBy(after.limits(), after.trusted());
        List<Policy> were = missing(before, after).toList();
        List<Policy> are = Stream.concat(missing(after, before), rebound ? rebound(before, after) : Stream.of())
                .distinct()
                .toList();
        this.policies = Stream.concat(were.stream(), are.stream()).distinct().toList();
        List<UnusableRow> unusableBefore = missing(before.unusable(), after.unusable());
        List<UnusableRow> unusableAfter = missing(after.unusable(), before.unusable());
        this.unusable = !(unusableBefore.isEmpty() && unusableAfter.isEmpty());
        this.differing = List.of(unbound(were, unusableBefore, after), unbound(are, unusableAfter, after));
        this.principals = principals(before.trusted(), after.trusted());
        // a deny of a row that can't be used is bounded too, and concerns more than its readable part says
        this.everything = before.acceptsSelfAsserted() != after.acceptsSelfAsserted()
                || (rebound && !(before.unusable().isEmpty() && after.unusable().isEmpty()));
    }

    /** The policies of which other bounds make something else. */
    private static Stream<Policy> rebound(PolicySet before, PolicySet after) {
        return after.policies().stream().filter(policy -> !before.limits()
                .place(policy, before.trusted())
                .equals(after.limits().place(policy, after.trusted())));
    }

    /** The rows that were added, removed or changed from {@code before} to {@code after}. */
    public static PolicyDifference between(PolicySet before, PolicySet after) {
        return new PolicyDifference(before, after);
    }

    /** Whether the sets decide the same for every task. */
    public boolean isEmpty() {
        return policies.isEmpty()
                && principals.isEmpty()
                && !unusable
                && !everything
                && before.grants().equals(after.grants())
                // other bounds can make something else of a grant
                && (!rebound || after.grants().equals(Grants.NONE));
    }

    /** The usable policies that differ, each as it was and as it is; and those of which other bounds make something else. */
    public List<Policy> policies() {
        return policies;
    }

    /**
     * Whether the two sets may decide differently for the task. While its framework isn't visible, every change counts:
     * which names are decided depends on all policies.
     */
    public boolean touches(Subject subject) {
        if (isEmpty()) {
            return false;
        }
        return everything
                || subject.framework().isEmpty()
                || subject.framework()
                        .flatMap(Framework::principal)
                        .filter(principals::contains)
                        .isPresent()
                || differing.stream().anyMatch(rows -> rows.concerns(subject))
                || regranted(subject);
    }

    /** Whether other launch grants are for the task, or other bounds may make something else of them. */
    private boolean regranted(Subject subject) {
        List<Grants.Candidate> grants = after.grants().of(subject);
        return !grants.equals(before.grants().of(subject)) || (rebound && !grants.isEmpty());
    }

    /** The launches that haven't ended and for whose tasks the two sets may decide differently. */
    public Set<Launch> touched(ClusterState state) {
        return state.launches().values().stream()
                .filter(task -> task.end().isEmpty() && touches(Subject.of(task, state)))
                .map(LaunchedTask::launch)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Stream<Policy> missing(PolicySet from, PolicySet in) {
        return from.policies().stream()
                .filter(row -> in.policy(row.id()).filter(row::equals).isEmpty());
    }

    private static List<UnusableRow> missing(List<UnusableRow> from, List<UnusableRow> in) {
        Set<UnusableRow> others = Set.copyOf(in);
        return from.stream().filter(row -> !others.contains(row)).toList();
    }

    private static PolicySet unbound(List<Policy> rows, List<UnusableRow> others, PolicySet after) {
        return new PolicySet(after.version(), rows, others, after.trusted(), after.acceptsSelfAsserted());
    }

    private static Set<String> principals(Set<AttributeTrust> before, Set<AttributeTrust> after) {
        Set<AttributeTrust> changed = new HashSet<>(before);
        changed.addAll(after);
        changed.removeIf(trust -> before.contains(trust) && after.contains(trust));
        return changed.stream().map(AttributeTrust::frameworkPrincipal).collect(Collectors.toUnmodifiableSet());
    }
}
