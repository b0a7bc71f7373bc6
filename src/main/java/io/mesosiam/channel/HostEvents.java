package io.mesosiam.channel;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What is heard of hosts. Called on virtual threads, for one stream one call at a time and in order. */
public interface HostEvents {
    /**
     * A host's agent is there.
     *
     * @param epoch what writes about the host carry from now on; while Postgres is away, the last one that this
     *     controller had, or 0
     * @param held what it says it serves
     * @param running its containers with the start of each, in clock ticks since boot
     * @param send takes the state of the host, once. What was delivered to the host earlier is out of date, what is delivered later is newer.
     *     A lock may be held that deliveries need, so it waits for nothing. A session in the state can be zeroed as soon as it has returned.
     * @throws IllegalStateException if the state can't be read for now: the agent goes on with what it has, and connects again
     */
    void connected(
            MesosAgentId host,
            long epoch,
            List<HeldLease> held,
            Map<ContainerId, Long> running,
            Consumer<List<Delivery>> send);

    /** Tells the reconciler. */
    static HostEvents of(Reconciler reconciler) {
        return new HostEvents() {
            @Override
            public void connected(
                    MesosAgentId host,
                    long epoch,
                    List<HeldLease> held,
                    Map<ContainerId, Long> running,
                    Consumer<List<Delivery>> send) {
                reconciler.connected(host, epoch, held, running, send);
            }

            @Override
            public boolean claimed(MesosAgentId host, long before, long epoch) {
                return reconciler.claimed(host, before, epoch);
            }

            @Override
            public void disconnected(MesosAgentId host, long epoch) {
                reconciler.disconnected(host, epoch);
            }

            @Override
            public HostLoad containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> ended) {
                return reconciler.containers(host, started, ended);
            }

            @Override
            public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
                reconciler.asked(host, container, name);
            }

            @Override
            public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
                reconciler.notServed(host, lease, revision, reason);
            }
        };
    }

    /**
     * The database has answered a provisional stream's claim, and no other controller had the host since the epoch before.
     *
     * @return whether the stream goes on; else its host has to be adopted anew
     */
    boolean claimed(MesosAgentId host, long before, long epoch);

    /** The stream of that epoch ended, and no newer one has taken its place here. */
    void disconnected(MesosAgentId host, long epoch);

    /**
     * Containers started, each with its start, or ended.
     *
     * @return what the host's reports come to with this one
     */
    HostLoad containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> ended);

    /** A container asks for a credential name, and the agent has nothing to answer it with. */
    void asked(MesosAgentId host, ContainerId container, CredentialName name);

    /** The agent does not serve that revision of a lease; the reason is for operators. */
    void notServed(MesosAgentId host, LeaseId lease, long revision, String reason);
}
