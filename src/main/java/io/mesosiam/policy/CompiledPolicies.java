package io.mesosiam.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows of policies as decisions use them: within the bounds of their namespaces, in order, and in an index. Immutable.
 *
 * <p>The next rows use again what was made of the same rows in the same version before: a change has a few of thousands.
 */
final class CompiledPolicies {
    private static final Comparator<CompiledPolicy> ORDER = Comparator.comparing(
            CompiledPolicy::policy,
            Comparator.comparingInt(Policy::priority)
                    .reversed()
                    .thenComparing(Policy::path)
                    .thenComparing(policy -> policy.id().value()));

    /** No rows. */
    static final CompiledPolicies NONE = new CompiledPolicies();

    private final Map<PolicyId, Usable> usable = new HashMap<>();
    private final Map<UnusableRow, List<CompiledPolicy>> unusable = new LinkedHashMap<>();
    private final List<CompiledPolicy> inOrder;
    private final PolicyIndex index;
    private final Set<CredentialName> names;
    private final List<Policy> policies = new ArrayList<>();
    private final Map<PolicyId, String> outOfBounds = new LinkedHashMap<>();

    /** @param outside why it is out of bounds */
    private record Usable(Policy policy, CompiledPolicy compiled, Optional<String> outside) {}

    private CompiledPolicies() {
        inOrder = List.of();
        index = new PolicyIndex(ORDER);
        names = Set.of(CredentialName.DEFAULT);
    }

    /** @param former made with the same trust and the same limits */
    private CompiledPolicies(
            CompiledPolicies former,
            Collection<Policy> policies,
            Collection<UnusableRow> unusable,
            Collection<AttributeTrust> trusts,
            NamespaceLimits limits) {
        for (Policy policy : policies) {
            Usable row = Optional.ofNullable(former.usable.get(policy.id()))
                    .filter(same ->
                            same.policy().equals(policy) && same.policy().id().isSameVersionAs(policy.id()))
                    .orElseGet(() -> compiled(policy, limits.place(policy, trusts)));
            if (usable.put(policy.id(), row) != null) {
                throw new IllegalArgumentException("two policies have the id " + policy.id());
            }
        }
        unusable.forEach(row -> this.unusable.put(
                row,
                Optional.ofNullable(former.unusable.get(row))
                        .filter(same -> same.stream().allMatch(deny -> deny.policy()
                                .id()
                                .isSameVersionAs(row.row().policy())))
                        .orElseGet(() -> CompiledPolicy.of(row, deny -> limits.place(deny, trusts))
                                .toList())));
        Set<CompiledPolicy> added = Stream.concat(
                        usable.values().stream().map(Usable::compiled),
                        this.unusable.values().stream().flatMap(List::stream))
                .collect(Collectors.toCollection(HashSet::new));
        Set<CompiledPolicy> removed = new HashSet<>(former.inOrder);
        removed.removeIf(added::remove);
        inOrder = Stream.concat(former.inOrder.stream().filter(same -> !removed.contains(same)), added.stream())
                .sorted(ORDER)
                .toList();
        index = former.index.with(removed, added);
        names = Stream.concat(
                        Stream.of(CredentialName.DEFAULT),
                        inOrder.stream().map(compiled -> compiled.policy().credentialName()))
                .collect(Collectors.toUnmodifiableSet());
        for (CompiledPolicy compiled : inOrder) {
            Usable row = usable.get(compiled.policy().id());
            if (row != null) {
                this.policies.add(row.policy());
                row.outside().ifPresent(why -> outOfBounds.put(row.policy().id(), why));
            }
        }
    }

    /**
     * Compiles other rows.
     *
     * @param sameBounds whether trust and limits are those with which these rows were compiled
     */
    CompiledPolicies next(
            Collection<Policy> policies,
            Collection<UnusableRow> unusable,
            Collection<AttributeTrust> trusts,
            NamespaceLimits limits,
            boolean sameBounds) {
        return new CompiledPolicies(sameBounds ? this : NONE, policies, unusable, trusts, limits);
    }

    private static Usable compiled(Policy policy, NamespaceLimits.Placement placement) {
        Optional<String> outside =
                policy.enabled() && placement instanceof NamespaceLimits.Placement.Outside(TaskScope _, String reason)
                        ? Optional.of(reason)
                        : Optional.empty();
        return new Usable(policy, CompiledPolicy.of(policy, placement), outside);
    }

    /** All usable policies, including disabled ones, by priority, then by name. */
    List<Policy> policies() {
        return Collections.unmodifiableList(policies);
    }

    Optional<Policy> policy(PolicyId id) {
        return Optional.ofNullable(usable.get(id)).map(Usable::policy);
    }

    /** All that take part in decisions, by priority, then by name. */
    List<CompiledPolicy> all() {
        return inOrder;
    }

    /** Those of {@link #all} that may match the task, and those that can't be evaluated for it. */
    List<CompiledPolicy> candidates(Subject subject) {
        return index.candidates(subject);
    }

    /** The credential names of all policies. */
    Set<CredentialName> names() {
        return names;
    }

    /** Why each enabled policy is out of the bounds of its namespaces. */
    Map<PolicyId, String> outOfBounds() {
        return Collections.unmodifiableMap(outOfBounds);
    }
}
