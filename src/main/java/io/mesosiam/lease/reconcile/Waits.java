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
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The waiting launches of hosts that are connected here, with at most one reason for each credential name and the time
 * since when it has held. A wait that lasts {@link #AUDIT_AFTER} is audited once. Not thread-safe; the collection of waits is
 * persistent, so readers of a snapshot don't need the owner's lock.
 */
final class Waits {
    /** Most waits at the start of a task end within a second. */
    static final Duration AUDIT_AFTER = Duration.ofSeconds(10);

    private PMap<Launch, Map<CredentialName, Waiting>> waiting = HashTreePMap.empty();

    /**
     * A wait.
     *
     * @param since when it began
     */
    record Waiting(LeaseAction.Wait step, Instant since, boolean audited) {
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
            if (action instanceof LeaseAction.Wait wait && isKept(wait.why()) && !after.containsKey(wait.name())) {
                Optional<Waiting> known = Optional.ofNullable(before.get(wait.name()))
                        .filter(earlier -> earlier.step().why() == wait.why());
                Waiting entry = new Waiting(
                        wait,
                        known.map(Waiting::since).orElse(now),
                        known.map(Waiting::audited).orElse(false));
                if (entry.isDue(now)) {
                    due.add(wait);
                    entry = new Waiting(wait, entry.since(), true);
                }
                after.put(wait.name(), entry);
            }
        }
        if (after.isEmpty()) {
            waiting = waiting.minus(launch);
        } else if (!after.equals(before)) {
            waiting = waiting.plus(launch, Map.copyOf(after));
        }
        return due;
    }

    /** Beside what metrics count: that another task's lease serves the launch, too. */
    private static boolean isKept(WaitReason why) {
        return why.counted() || why == WaitReason.SERVED_BY_OTHER_TASK;
    }

    /** The waits by launch and credential name: an immutable snapshot. */
    PMap<Launch, Map<CredentialName, Waiting>> all() {
        return waiting;
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
        waiting.values().stream()
                .flatMap(names -> names.values().stream())
                .map(entry -> entry.step().why())
                .filter(WaitReason::counted)
                .forEach(why -> counts.merge(why, 1L, Long::sum));
        return counts;
    }

    /** Forgets launches that are not in {@code known}. */
    void prune(Set<Launch> known) {
        waiting = waiting.minusAll(waiting.keySet().stream()
                .filter(launch -> !known.contains(launch))
                .toList());
    }
}
