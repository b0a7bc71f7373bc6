package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The complete state of a host, which its agent receives when it connects. */
final class HostState {
    /** An agent ends a stream whose complete state has more: {@code FrameReader} of the protocol. */
    private static final int MOST_ENTRIES = 20_000;

    private final ReconcilerState tracked;
    private final RetainedSessions retainedSessions;

    HostState(ReconcilerState tracked, RetainedSessions retainedSessions) {
        this.tracked = tracked;
        this.retainedSessions = retainedSessions;
    }

    /**
     * Returns the complete state for the host. The agent drops everything that is not in it.
     *
     * @param unrecorded leases that have no row; others are not retained
     */
    List<Delivery> full(MesosAgentId host, List<HeldLease> held, Set<LeaseId> unrecorded) {
        List<Delivery> deliveries = new ArrayList<>();
        HeldReport report = tracked.report(host, held);
        Set<LeaseId> continued = new HashSet<>();
        for (ManagedLease kept : tracked.leases().on(host)) {
            Lease lease = kept.lease();
            Optional<HeldLease> fact = report.of(lease);
            Optional<String> executor = tracked.launches().executor(lease.launch());
            Optional<Session> ours = tracked.sessions().of(lease.id());
            if (!lease.state().isServed()) {
                continue;
            }
            if (ours.isPresent()
                    && fact.map(it -> HeldSessions.isNewer(ours.get(), it)).orElse(true)) {
                deliveries.add(new Delivery.Serve(lease, ours.get(), Optional.empty(), executor));
            } else if (fact.isPresent()) {
                deliveries.add(new Delivery.Keep(lease, Optional.empty(), executor));
            } else {
                report.claim(lease).ifPresent(other -> {
                    continued.add(other.lease());
                    deliveries.add(new Delivery.Keep(lease, Optional.of(other.lease()), executor));
                });
            }
        }
        List<HeldLease> retained = unrecorded.isEmpty()
                ? List.of()
                : retainedSessions.of(
                        host,
                        held.stream()
                                .filter(it -> unrecorded.contains(it.lease()) && !continued.contains(it.lease()))
                                .toList());
        tracked.hosts().retain(host, retained);
        retained.forEach(it -> deliveries.add(new Delivery.Retain(it.lease())));
        deliveries.addAll(refusals(host, MOST_ENTRIES - deliveries.size()));
        return List.copyOf(deliveries);
    }

    /**
     * One refusal for each container and name, although each of a container's tasks can have its own. Those that have no room
     * are sent when their containers ask again.
     */
    private Collection<Delivery.Refuse> refusals(MesosAgentId host, int most) {
        record Answered(ContainerId container, CredentialName name) {}
        Map<Answered, Delivery.Refuse> one = new HashMap<>();
        for (Refusal refusal : tracked.refusals().on(host)) {
            if (one.size() >= most) {
                break;
            }
            one.put(new Answered(refusal.container(), refusal.key().name()), refusal.delivery());
        }
        return one.values();
    }
}
