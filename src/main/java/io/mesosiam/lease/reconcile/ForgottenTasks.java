package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds leases of tasks that have ended unseen: rows that another controller left, under a number of their launch that no
 * master shows here. Absence proves no end, so only a lease whose end takes nothing away is found: one without a session and
 * without a time to live, which a later lease of the task would begin again. Not thread-safe.
 */
final class ForgottenTasks {
    private final ReconcilerState tracked;

    /** Those of the last search. */
    private Set<LeaseId> before = Set.of();

    ForgottenTasks(ReconcilerState tracked) {
        this.tracked = tracked;
    }

    /** The next search is the first one again. */
    void restart() {
        before = Set.of();
    }

    /** {@return leases that were found by the search before, too} */
    List<ManagedLease> find(Instant now) {
        List<ManagedLease> found = tracked.launches()
                .state()
                .filter(state -> state.masterAnswers() && state.view() instanceof Completeness.Whole)
                .map(state -> tracked.leases().live().values().stream()
                        .filter(kept -> isForgotten(kept, state, now))
                        .toList())
                .orElse(List.of());
        List<ManagedLease> again = found.stream()
                .filter(kept -> before.contains(kept.lease().id()))
                .toList();
        before = found.stream().map(kept -> kept.lease().id()).collect(Collectors.toSet());
        return again;
    }

    private boolean isForgotten(ManagedLease kept, ClusterState state, Instant now) {
        Lease lease = kept.lease();
        // first what nearly every lease has
        return !hasSession(kept, now)
                && lease.until().isEmpty()
                && state.launch(lease.launch()).isEmpty()
                && state.agent(lease.host()).isPresent()
                && tracked.hosts().isConnected(lease.host())
                && lease.container()
                        .filter(container -> tracked.hosts().isAlive(lease.host(), container))
                        .isEmpty();
    }

    private static boolean hasSession(ManagedLease kept, Instant now) {
        Optional<Instant> served = kept.lease().state().servedUntil();
        return kept.requesting() || served.filter(now::isBefore).isPresent();
    }
}
