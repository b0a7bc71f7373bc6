package io.mesosiam.channel;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Reconciler;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is heard of hosts. Called on virtual threads, for one stream one call at a time and in order. */
public interface HostEvents {
    /**
     * A host's agent is there.
     *
     * @param epoch what writes about the host carry from now on; while Postgres is away, the last one that this
     *     controller had, or 0
     * @param held what it says it serves
     * @param running its containers with the start of each, in clock ticks since boot
     * @return the state of the world for that host; what is delivered meanwhile is told after it
     * @throws IllegalStateException if it can't be told for now: the agent goes on with what it has, and comes again
     */
    List<Delivery> connected(MesosAgentId host, long epoch, List<HeldLease> held, Map<ContainerId, Long> running);

    /** Tells the reconciler. */
    static HostEvents of(Reconciler reconciler) {
        return new HostEvents() {
            @Override
            public List<Delivery> connected(
                    MesosAgentId host, long epoch, List<HeldLease> held, Map<ContainerId, Long> running) {
                return reconciler.connected(host, epoch, held, running);
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
