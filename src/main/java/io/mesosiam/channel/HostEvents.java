package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.reconcile.ReportOutcome;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Receives what agents report. Called on virtual threads; calls for one stream are sequential and in order. */
public interface HostEvents {
    /**
     * The agent of a host has connected.
     *
     * @param ownership the claim of the host. While Postgres does not answer, its epoch is the last one of this
     *     controller, or 0
     * @param held the leases that the agent serves
     * @param running the start of each container, in clock ticks since boot
     * @param stream takes the complete state of the host; if it ends before, the host is not adopted
     * @throws IllegalStateException if the state cannot be read yet: the agent continues with what it has and retries
     */
    void connected(
            MesosAgentId host,
            Ownership ownership,
            List<HeldLease> held,
            Map<ContainerId, ReportedContainer> running,
            HostStream stream);

    /**
     * Forwards events about leases to the reconciler, and claims to the journal, whose entries depend on them.
     *
     * @param ends receives the ends that only an agent observed, without a lock held
     * @param tried receives which roles a host's own role can assume
     */
    static HostEvents of(
            Reconciler reconciler,
            Journal journal,
            BiConsumer<Launch, TaskEnd> ends,
            BiConsumer<MesosAgentId, RolesTried> tried) {
        return new HostEvents() {
            @Override
            public void connected(
                    MesosAgentId host,
                    Ownership ownership,
                    List<HeldLease> held,
                    Map<ContainerId, ReportedContainer> running,
                    HostStream stream) {
                reconciler.connected(host, ownership, held, running, stream);
            }

            @Override
            public boolean claimed(MesosAgentId host, long before, long epoch) {
                return reconciler.claimed(host, before, epoch);
            }

            @Override
            public void claimBegins(MesosAgentId host) {
                journal.claimBegins(host);
            }

            @Override
            public void lateClaim(MesosAgentId host, long epoch, boolean continued) {
                journal.claimed(host, epoch, continued);
            }

            @Override
            public void claimEnds(MesosAgentId host) {
                journal.claimEnds(host);
            }

            @Override
            public boolean isAwaited(InetAddress address) {
                return reconciler.isAwaited(address);
            }

            @Override
            public void disconnected(MesosAgentId host, long epoch) {
                reconciler.disconnected(host, epoch);
            }

            @Override
            public HostLoad containers(
                    MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended) {
                ReportOutcome reported = reconciler.containers(host, started, ended);
                reported.ends().forEach(ends);
                return reported.load();
            }

            @Override
            public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
                reconciler.asked(host, container, name);
            }

            @Override
            public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
                reconciler.notServed(host, lease, revision, reason);
            }

            @Override
            public void applied(MesosAgentId host, String lease) {
                reconciler.applied(host, lease);
            }

            @Override
            public void policiesApplied(MesosAgentId host, long version) {
                reconciler.policies().applied(host, version);
            }

            @Override
            public void rolesTried(MesosAgentId host, RolesTried answer) {
                tried.accept(host, answer);
            }
        };
    }

    /**
     * The database has confirmed the claim of a provisional stream, and no other controller claimed the host in
     * between.
     *
     * @return whether the stream continues; if false, the host has to be adopted again
     */
    boolean claimed(MesosAgentId host, long before, long epoch);

    /**
     * A stream claims the host for the first time. What is written about the host can depend on the answer from now on,
     * until {@link #claimEnds}, which follows in each case.
     */
    void claimBegins(MesosAgentId host);

    /**
     * The answer to a stream's claims is reported and no later one is expected, by {@link #connected}, {@link #claimed} or {@link
     * #lateClaim}; or none will arrive.
     */
    void claimEnds(MesosAgentId host);

    /**
     * The database has recorded a claim under which no stream goes on: the stream that made it has ended, or ends because of
     * it. It decides about what was reported under a provisional claim before.
     *
     * @param continued whether no other controller claimed the host in between
     */
    void lateClaim(MesosAgentId host, long epoch, boolean continued);

    /** Whether a task waits for its first lease, on a host with this address whose agent isn't connected. */
    boolean isAwaited(InetAddress address);

    /** The stream of this epoch ended, and this controller has no newer stream of the host. */
    void disconnected(MesosAgentId host, long epoch);

    /**
     * Containers have started, each with its start, or ended.
     *
     * @return the load of all reports of the host, this one included
     */
    HostLoad containers(MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended);

    /** An ask: a container requests a credential name for which the agent has no answer. */
    void asked(MesosAgentId host, ContainerId container, CredentialName name);

    /** The agent does not serve that revision of a lease; the reason is for operators. */
    void notServed(MesosAgentId host, LeaseId lease, long revision, String reason);

    /**
     * The agent states that it serves a lease.
     *
     * @param lease as the agent writes it
     */
    default void applied(MesosAgentId host, String lease) {}

    /** The agent has applied all that was delivered up to this version of the policies. */
    void policiesApplied(MesosAgentId host, long version);

    /** The agent has tried roles, as it says; perhaps without a request. */
    void rolesTried(MesosAgentId host, RolesTried answer);
}
