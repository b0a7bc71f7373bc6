package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sends changes to the hosts' agents. Nothing is sent to a host whose agent is not connected here, nor while {@link
 * #suppressed} runs for the host, since the complete state that is sent afterwards contains the changes.
 */
final class Deliveries {
    private final ReconcilerState tracked;
    private final LeaseDelivery delivery;
    private final LeaseSteps steps;
    private final Set<MesosAgentId> syncing = new HashSet<>();

    Deliveries(ReconcilerState tracked, LeaseDelivery delivery, LeaseSteps steps) {
        this.tracked = tracked;
        this.steps = steps;
        this.delivery = delivery;
    }

    /**
     * Runs {@code plans} without sending the resulting changes to the host. The caller sends the complete state
     * afterwards.
     */
    void suppressed(MesosAgentId host, Runnable plans) {
        syncing.add(host);
        try {
            plans.run();
        } finally {
            syncing.remove(host);
        }
    }

    /** Sends the lease in its current state, with its session if this controller has it. */
    void serve(Lease lease) {
        if (lease.state().isServed()) {
            tracked.started().sent(lease.id(), lease.launch());
            deliver(
                    lease.host(),
                    tracked.sessions()
                            .of(lease.id())
                            .<Delivery>map(
                                    session -> new Delivery.Serve(lease, session, steps.sent(lease), executor(lease)))
                            .orElseGet(() -> new Delivery.Keep(lease, Optional.empty(), executor(lease))));
        }
    }

    /**
     * Delivers a lease that continues the session of an earlier one. If this controller doesn't hold the session, the
     * agent holds it under the earlier lease.
     */
    void serve(Lease lease, LeaseId earlier) {
        tracked.started().sent(lease.id(), lease.launch());
        Delivery kept = new Delivery.Keep(lease, Optional.of(earlier), executor(lease));
        deliver(
                lease.host(),
                tracked.sessions()
                        .of(lease.id())
                        .<Delivery>map(session -> new Delivery.Serve(lease, session, Optional.empty(), executor(lease)))
                        .orElse(kept));
    }

    private Optional<String> executor(Lease lease) {
        return tracked.launches().executor(lease.launch());
    }

    void withdraw(Lease lease, String reason) {
        deliver(lease.host(), new Delivery.Withdraw(lease.id(), reason));
    }

    void refuse(Refusal refusal) {
        deliver(host(refusal), refusal.delivery());
    }

    /** States that what this version of the policies changes on the host has been delivered. */
    void policies(MesosAgentId host, long version) {
        deliver(host, new Delivery.Policies(version));
    }

    void clearRefusal(Refusal refusal) {
        deliver(host(refusal), refusal.withdrawal());
    }

    /**
     * Sends the refusal and sessions for one container and credential name again, because its agent asked for them
     * although it should have them.
     *
     * @return whether there are any
     */
    boolean repeat(MesosAgentId host, ContainerId container, CredentialName name) {
        Optional<Refusal> refusal = tracked.refusals().in(host, container).stream()
                .filter(one -> one.key().name().equals(name))
                // those of its other tasks would replace it at the agent
                .findFirst();
        refusal.ifPresent(this::refuse);
        List<Lease> leases = tracked.leases().in(host, container).stream()
                .map(ManagedLease::lease)
                .filter(lease -> lease.name().equals(name)
                        && tracked.sessions().of(lease.id()).isPresent())
                .toList();
        leases.forEach(this::serve);
        return refusal.isPresent() || !leases.isEmpty();
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
