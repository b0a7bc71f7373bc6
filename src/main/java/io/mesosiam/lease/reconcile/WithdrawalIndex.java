package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Withdrawals, indexed by the launches that they touch. The lookup time depends on the combinations of parts that the
 * withdrawals set, not on the number of withdrawals. Not thread-safe.
 */
final class WithdrawalIndex {
    /** By the combination of parts that are set; combinations with more parts come first. */
    private final NavigableMap<Parts, Map<Scope, Set<Withdrawal>>> byParts = new TreeMap<>(Parts.NARROWEST_FIRST);

    /** Which parts of a scope are set. */
    private record Parts(boolean framework, boolean task, boolean agent, boolean sequence) {
        static final Comparator<Parts> NARROWEST_FIRST = Comparator.comparingLong(Parts::count)
                .thenComparing(Parts::framework)
                .thenComparing(Parts::task)
                .thenComparing(Parts::agent)
                .reversed();

        static Parts of(Scope scope) {
            return new Parts(
                    scope.framework.isPresent(),
                    scope.task.isPresent(),
                    scope.agent.isPresent(),
                    scope.sequence.isPresent());
        }

        private long count() {
            return Stream.of(framework, task, agent, sequence)
                    .filter(part -> part)
                    .count();
        }
    }

    /** The launches that a withdrawal touches: those that agree with all parts that are set. */
    private record Scope(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            OptionalLong sequence) {
        static Scope of(Withdrawal withdrawal) {
            return new Scope(withdrawal.framework(), withdrawal.task(), withdrawal.agent(), withdrawal.sequence());
        }

        /** The scope with exactly these parts that includes the launch. */
        static Scope around(Launch launch, Parts parts) {
            return new Scope(
                    Optional.of(launch.key().framework()).filter(_ -> parts.framework),
                    Optional.of(launch.key().task()).filter(_ -> parts.task),
                    Optional.of(launch.key().agent()).filter(_ -> parts.agent),
                    parts.sequence ? OptionalLong.of(launch.sequence()) : OptionalLong.empty());
        }
    }

    void add(Withdrawal withdrawal) {
        Scope scope = Scope.of(withdrawal);
        boolean _ = byParts.computeIfAbsent(Parts.of(scope), _ -> new HashMap<>())
                .computeIfAbsent(scope, _ -> new LinkedHashSet<>())
                .add(withdrawal);
    }

    void remove(Withdrawal withdrawal) {
        Scope scope = Scope.of(withdrawal);
        byParts.computeIfPresent(Parts.of(scope), (_, byScope) -> {
            byScope.computeIfPresent(scope, (_, all) -> {
                all.remove(withdrawal);
                return all.isEmpty() ? null : all;
            });
            return byScope.isEmpty() ? null : byScope;
        });
    }

    /** The withdrawals that touch the launch; those that set more parts come first. */
    List<Withdrawal> of(Launch launch) {
        return byParts.entrySet().stream()
                .flatMap(
                        entry -> entry.getValue().getOrDefault(Scope.around(launch, entry.getKey()), Set.of()).stream())
                .toList();
    }

    /** Whether a withdrawal touches the launch. */
    boolean touches(Launch launch) {
        return byParts.entrySet().stream()
                .anyMatch(entry -> entry.getValue().containsKey(Scope.around(launch, entry.getKey())));
    }

    /** The withdrawals with the same scope as this one. */
    Set<Withdrawal> withSameScope(Withdrawal withdrawal) {
        Scope scope = Scope.of(withdrawal);
        return Set.copyOf(byParts.getOrDefault(Parts.of(scope), Map.of()).getOrDefault(scope, Set.of()));
    }
}
