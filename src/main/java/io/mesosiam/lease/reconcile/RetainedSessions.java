package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Sessions that a host's agent retains: nothing is known here of their tasks, so that no policy and no withdrawal can be
 * applied to them.
 */
final class RetainedSessions {
    private final ReconcilerState tracked;

    RetainedSessions(ReconcilerState tracked) {
        this.tracked = tracked;
    }

    /** {@return which of the sessions of leases without a row the host's agent retains} */
    List<HeldLease> of(MesosAgentId host, List<HeldLease> unrecorded) {
        Set<LeaseId> ended = tracked.leases().ended().stream().map(Lease::id).collect(Collectors.toSet());
        return unrecorded.stream()
                .filter(it -> tracked.leases().find(it.lease()).isEmpty() && !ended.contains(it.lease()))
                .filter(it -> isAlive(host, it))
                .filter(undecided(host))
                .toList();
    }

    private boolean isAlive(MesosAgentId host, HeldLease held) {
        return held.container()
                .filter(container -> tracked.hosts().isAlive(host, container))
                .isPresent();
    }

    /**
     * Whether nothing is known here of the task to which the host's agent serves a session: another controller issued it and
     * was lost before it had written the row. No policy and no withdrawal can be applied to it.
     */
    private Predicate<HeldLease> undecided(MesosAgentId host) {
        Set<Optional<CredentialName>> ofAnyTask = tracked.withdrawals().names(host);
        return held -> held.container()
                .filter(container -> tracked.launches().isUnknown(host, container))
                .map(container -> tracked.launches().in(host, container))
                .map(shown ->
                        shown.isEmpty() ? ofAnyTask : tracked.withdrawals().names(shown))
                .filter(withdrawn -> !mayCover(withdrawn, held.name()))
                .isPresent();
    }

    /** @param withdrawn the withdrawn names; an empty one stands for all */
    private static boolean mayCover(Set<Optional<CredentialName>> withdrawn, Optional<CredentialName> name) {
        return withdrawn.contains(Optional.<CredentialName>empty())
                || (name.isEmpty() ? !withdrawn.isEmpty() : withdrawn.contains(name));
    }

    /**
     * Connected hosts that retain sessions of containers whose tasks can be decided about now, or that a withdrawal may cover,
     * with their epochs.
     *
     * @param among the hosts that are examined: a host's agent can retain thousands
     */
    Map<MesosAgentId, Long> decidable(Predicate<MesosAgentId> among) {
        return tracked.hosts().retaining(among, host -> undecided(host).negate());
    }
}
