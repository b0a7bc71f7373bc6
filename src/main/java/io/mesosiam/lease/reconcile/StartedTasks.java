package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.LeasePlan;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * When the starts of tasks were seen that wait for their first credentials, on hosts whose agents were connected here. A task
 * that is refused, or that has nothing to wait for, is forgotten. Not thread-safe, apart from {@link #confirmed}: agents confirm
 * without the reconciler's lock.
 */
final class StartedTasks {
    /** The name is not given until something else changes, or is not needed. */
    private static final Set<WaitReason> NO_WAIT = EnumSet.of(
            WaitReason.NO_AGENT,
            WaitReason.NOT_ASKED,
            WaitReason.SERVED_BY_OTHER_TASK,
            WaitReason.OTHER_TASK_WITHDRAWN,
            WaitReason.SESSION_IMPOSSIBLE,
            WaitReason.REFUSED_BY_AWS);

    private final Map<Launch, Instant> started = new HashMap<>();

    /** By the lease whose session was sent, as agents write its id. */
    private final ConcurrentMap<String, Instant> sent = new ConcurrentHashMap<>();

    /** Records that the start of a task was seen. */
    void started(Launch launch, Instant now) {
        started.put(launch, now);
    }

    /**
     * Records the newest plan of a launch.
     *
     * @param leased the names of which it has leases now
     */
    void planned(Launch launch, LeasePlan plan, Set<CredentialName> leased, boolean ended) {
        if (started.containsKey(launch) && (ended || !isWaiting(plan, leased))) {
            started.remove(launch);
        }
    }

    private static boolean isWaiting(LeasePlan plan, Set<CredentialName> leased) {
        Set<CredentialName> waiting = new HashSet<>(leased);
        Set<CredentialName> without = new HashSet<>();
        for (LeaseAction action : plan.actions()) {
            if (action instanceof LeaseAction.Wait wait) {
                (NO_WAIT.contains(wait.why()) ? without : waiting).add(wait.name());
            } else if (action instanceof LeaseAction.Refuse refuse) {
                without.add(refuse.refusal().key().name());
            }
        }
        waiting.removeAll(without);
        return !waiting.isEmpty();
    }

    /** Records that the session of a lease is sent to its host. */
    void sent(LeaseId lease, Launch launch) {
        Optional.ofNullable(started.remove(launch)).ifPresent(since -> sent.put(lease.toString(), since));
    }

    /**
     * Records that an agent serves a lease. Any thread may call it.
     *
     * @param lease as the agent writes it
     * @return when the start of its task was seen, if the task has waited until now
     */
    Optional<Instant> confirmed(String lease) {
        return Optional.ofNullable(sent.remove(lease));
    }

    /** Forgets a lease that has ended. */
    void forget(LeaseId lease) {
        sent.remove(lease.toString());
    }

    /** Forgets launches that are not in {@code known}. */
    void prune(Set<Launch> known) {
        started.keySet().retainAll(known);
    }
}
