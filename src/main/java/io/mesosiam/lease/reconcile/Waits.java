package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.LeasePlan;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The waiting launches of hosts that are connected here, with at most one reason for each credential name and the time
 * since when it has held. A wait that lasts {@link #AUDIT_AFTER} is audited once. Not thread-safe.
 */
final class Waits {
    /** Most waits at the start of a task end within a second. */
    static final Duration AUDIT_AFTER = Duration.ofSeconds(10);

    private final Map<Launch, Map<CredentialName, Waiting>> waiting = new HashMap<>();

    private record Waiting(LeaseAction.Wait step, Instant since, boolean audited) {
        boolean isDue(Instant now) {
            return step.why().audited() && !audited && !now.isBefore(since.plus(AUDIT_AFTER));
        }
    }

    /**
     * Records what a launch waits for according to its newest plan.
     *
     * @return the waits that have now lasted long enough to be audited
     */
    List<LeaseAction.Wait> update(Launch launch, LeasePlan plan, Instant now) {
        Map<CredentialName, Waiting> before = waiting.getOrDefault(launch, Map.of());
        Map<CredentialName, Waiting> after = new HashMap<>();
        List<LeaseAction.Wait> due = new ArrayList<>();
        for (LeaseAction action : plan.actions()) {
            if (action instanceof LeaseAction.Wait wait && wait.why().counted() && !after.containsKey(wait.name())) {
                Waiting entry = Optional.ofNullable(before.get(wait.name()))
                        .filter(known -> known.step().why() == wait.why())
                        .orElseGet(() -> new Waiting(wait, now, false));
                if (entry.isDue(now)) {
                    due.add(wait);
                    entry = new Waiting(wait, entry.since(), true);
                }
                after.put(wait.name(), entry);
            }
        }
        if (after.isEmpty()) {
            waiting.remove(launch);
        } else {
            waiting.put(launch, after);
        }
        return due;
    }

    /** When a wait of the launch is due for its audit event. */
    Optional<Instant> nextAudit(Launch launch) {
        return waiting.getOrDefault(launch, Map.of()).values().stream()
                .filter(entry -> entry.step().why().audited() && !entry.audited())
                .map(entry -> entry.since().plus(AUDIT_AFTER))
                .min(Instant::compareTo);
    }

    /** Number of waiting credential names, by reason. */
    Map<WaitReason, Long> count() {
        Map<WaitReason, Long> counts = new EnumMap<>(WaitReason.class);
        waiting.values().forEach(names -> names.values()
                .forEach(entry -> counts.merge(entry.step().why(), 1L, Long::sum)));
        return counts;
    }

    /** Forgets launches that are not in {@code known}. */
    void prune(Set<Launch> known) {
        waiting.keySet().retainAll(known);
    }
}
