package io.mesosiam.policy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One change of what decides: of a policy, of the trust in an attribute, of the bounds of namespaces, or of launch grants. */
public sealed interface PolicyChange {
    /** Creates the policy, or replaces the row with its id. */
    record Put(Policy policy) implements PolicyChange {}

    /** Deletes the row with this id, whether it can be used or not. */
    record Remove(PolicyId policy) implements PolicyChange {}

    /** States that a framework's principal enforces an attribute. */
    record Trust(AttributeTrust stated) implements PolicyChange {}

    /** Takes back such a statement. */
    record Distrust(AttributeTrust stated) implements PolicyChange {}

    /** Replaces the bounds of all namespaces. */
    record Bound(NamespaceLimits limits) implements PolicyChange {}

    /** Replaces the launch grants. */
    record Grant(Grants grants) implements PolicyChange {}

    /** The set that these changes, one after the other, make of {@code before}. It keeps the version. */
    static PolicySet applied(PolicySet before, Collection<? extends PolicyChange> changes) {
        if (changes.stream().allMatch(Grant.class::isInstance)) {
            // nothing is compiled again
            return changes.stream()
                    .map(Grant.class::cast)
                    .reduce(before, (set, change) -> set.withGrants(change.grants()), (_, later) -> later);
        }
        Map<PolicyId, Policy> rows = new LinkedHashMap<>();
        before.policies().forEach(policy -> rows.put(policy.id(), policy));
        Map<PolicyId, UnusableRow> unreadable = new LinkedHashMap<>();
        before.unusable().forEach(row -> unreadable.put(row.row().policy(), row));
        Set<AttributeTrust> stated = new LinkedHashSet<>(before.trusted());
        NamespaceLimits bounds = before.limits();
        Grants grants = before.grants();
        for (PolicyChange change : changes) {
            switch (change) {
                case PolicyChange.Put put -> {
                    unreadable.remove(put.policy().id());
                    rows.put(put.policy().id(), put.policy());
                }
                case PolicyChange.Remove remove -> {
                    unreadable.remove(remove.policy());
                    rows.remove(remove.policy());
                }
                case PolicyChange.Trust trust -> stated.add(trust.stated());
                case PolicyChange.Distrust distrust -> stated.remove(distrust.stated());
                case PolicyChange.Bound bound -> bounds = bound.limits();
                case PolicyChange.Grant grant -> grants = grant.grants();
            }
        }
        return before.next(before.version(), rows.values(), unreadable.values(), stated, bounds)
                .withGrants(grants);
    }
}
