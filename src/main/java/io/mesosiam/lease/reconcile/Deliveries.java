package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Refusal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What hosts' agents are told of changes. One that isn't connected here is told nothing, nor one whose whole state is
 * being put together: what would be delivered is in it.
 */
final class Deliveries {
    private final ReconcilerState tracked;
    private final LeaseDelivery delivery;
    private final Set<MesosAgentId> syncing = new HashSet<>();

    Deliveries(ReconcilerState tracked, LeaseDelivery delivery) {
        this.tracked = tracked;
        this.delivery = delivery;
    }

    /** Runs {@code plans} without telling the host what changes: it is told everything at once afterwards. */
    void silently(MesosAgentId host, Runnable plans) {
        syncing.add(host);
        try {
            plans.run();
        } finally {
            syncing.remove(host);
        }
    }

    /** Hands over the lease as it is now, with its session if that is here and good. */
    void serve(Lease lease) {
        if (lease.state().isServed()) {
            deliver(
                    lease.host(),
                    tracked.sessions()
                            .of(lease.id())
                            .<Delivery>map(session -> new Delivery.Serve(lease, session))
                            .orElseGet(() -> new Delivery.Keep(lease)));
        }
    }

    /** Hands over a lease that serves the session of an earlier one: where the session is not here, its agent has it under that one. */
    void serve(Lease lease, LeaseId earlier) {
        Delivery kept = new Delivery.Keep(lease, Optional.of(earlier));
        deliver(
                lease.host(),
                tracked.sessions()
                        .of(lease.id())
                        .<Delivery>map(session -> new Delivery.Serve(lease, session))
                        .orElse(kept));
    }

    void withdraw(Lease lease, String reason) {
        deliver(lease.host(), new Delivery.Withdraw(lease.id(), reason));
    }

    void refuse(Refusal refusal) {
        deliver(host(refusal), refusal.delivery());
    }

    void unrefuse(Refusal refusal) {
        deliver(host(refusal), refusal.withdrawal());
    }

    /** A container asks for what its agent should have: it is told once more, if there is anything to tell. */
    void repeat(MesosAgentId host, ContainerId container, CredentialName name) {
        tracked.refusals().on(host).stream()
                .filter(refusal -> refusal.container().equals(container)
                        && refusal.key().name().equals(name))
                .forEach(this::refuse);
        tracked.leases().in(host, container).stream()
                .map(ManagedLease::lease)
                .filter(lease -> lease.name().equals(name)
                        && tracked.sessions().of(lease.id()).isPresent())
                .forEach(this::serve);
    }

    private void deliver(MesosAgentId host, Delivery message) {
        if (tracked.hosts().isConnected(host) && !syncing.contains(host)) {
            delivery.deliver(host, message);
        }
    }

    private static MesosAgentId host(Refusal refusal) {
        return refusal.key().launch().key().agent();
    }
}
