package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes over and releases the leases of a host: when its agent connects to this controller, and when another controller
 * claims the host.
 */
final class HostAdoption {
    private final ReconcilerState tracked;
    private final Issuance issuance;
    private final AuditTrail trail;
    private final Journal journal;
    private final HeldSessions sessions;

    HostAdoption(ReconcilerState tracked, Issuance issuance, AuditTrail trail, Journal journal, HeldSessions sessions) {
        this.tracked = tracked;
        this.issuance = issuance;
        this.trail = trail;
        this.journal = journal;
        this.sessions = sessions;
    }

    /**
     * Takes over a host whose agent has connected: this controller owns the host from now on.
     *
     * @param held what the agent serves
     * @param left the host's rows, if another controller may have owned it since; they replace the leases in memory
     * @return what the agent holds, without the sessions that leases continue
     */
    HeldReport connect(
            MesosAgentId host,
            Ownership ownership,
            Map<ContainerId, ReportedContainer> running,
            List<HeldLease> held,
            Optional<List<Lease>> left,
            Instant now) {
        boolean takenOver = tracked.hosts().isTakenOver(host);
        // an earlier claim of this controller may have ended its work after the rows for this one were read
        Optional<List<Lease>> rows = left.filter(_ -> !tracked.hosts().isContinuedBy(host, ownership));
        claim(host, ownership.epoch(), running, held, rows).forEach(kept -> endSuperfluous(kept, now));
        Set<LeaseId> audited = rows.map(this::correct).orElse(Set.of());
        HeldReport report = tracked.report(host, held);
        sessions.adopt(host, report, takenOver, audited, now);
        return report;
    }

    /** {@return leases of which another one has the key or the place} */
    private List<ManagedLease> claim(
            MesosAgentId host,
            long epoch,
            Map<ContainerId, ReportedContainer> running,
            List<HeldLease> held,
            Optional<List<Lease>> left) {
        List<ManagedLease> superfluous =
                left.map(rows -> replace(host, rows, running.keySet(), held)).orElse(List.of());
        tracked.hosts().connect(host, epoch, running, left.isEmpty());
        tracked.policies().connected(host);
        journal.claimed(host, epoch, left.isEmpty());
        tracked.refusals().retain(host, running.keySet());
        return superfluous;
    }

    private void endSuperfluous(ManagedLease kept, Instant now) {
        if (kept.lease().state() instanceof LeaseState.Live live) {
            Lease reaped = kept.lease().in(live.reap(LeaseActions.SUPERFLUOUS, now));
            drop(kept);
            tracked.leases().end(reaped);
            trail.lease(Kind.REAPED, kept.with(reaped), LeaseActions.SUPERFLUOUS);
        }
    }

    /**
     * Records a new epoch of a host that this controller has owned without interruption.
     *
     * @return whether the host's stream of the epoch {@code before} is still connected
     */
    boolean claimed(MesosAgentId host, long before, long epoch) {
        boolean connected = tracked.hosts().renumber(host, before, epoch);
        if (connected) {
            journal.claimed(host, epoch, true);
        }
        return connected;
    }

    /**
     * Rewrites the rows whose state differs from the leases in memory, as another controller left them.
     *
     * @return the leases whose rows were written
     */
    private Set<LeaseId> correct(List<Lease> rows) {
        Set<LeaseId> corrected = new HashSet<>();
        for (Lease row : rows) {
            tracked.leases()
                    .find(row.id())
                    .filter(kept -> !kept.lease().state().equals(row.state()))
                    .ifPresent(kept -> {
                        trail.lease(Kind.ADOPTED, kept, "the row had the state of another controller");
                        corrected.add(row.id());
                    });
        }
        return corrected;
    }

    /** Records the end of a host's stream; that of an older stream than the newest changes nothing. */
    void disconnected(MesosAgentId host, long epoch) {
        if (tracked.hosts().disconnect(host, epoch, tracked.leases().containersOn(host))) {
            tracked.policies().disconnected(host);
        }
    }

    /**
     * Forgets a host's leases and refusals, because an entry under that epoch was dropped.
     *
     * @return the epoch of the host's stream, which has to end; empty if it has none, or the host's rows were read since
     */
    OptionalLong release(MesosAgentId host, long epoch) {
        OptionalLong lost = tracked.hosts().lose(host, epoch);
        if (lost.isPresent()) {
            tracked.policies().disconnected(host);
            tracked.leases().on(host).forEach(this::drop);
            tracked.refusals().forget(host);
        }
        return lost;
    }

    /**
     * Replaces the leases in memory by the rows that another controller left. A lease that is in both keeps its
     * session.
     *
     * @return leases that can't be kept: under one number of a launch, rows of two controllers can have the same key. The lease
     *     of a container that runs is kept, else that of the task's container, else a bound one
     */
    private List<ManagedLease> replace(
            MesosAgentId host, List<Lease> rows, Set<ContainerId> running, List<HeldLease> held) {
        Set<LeaseId> ids = rows.stream().map(Lease::id).collect(Collectors.toSet());
        tracked.leases().on(host).stream()
                .filter(kept -> !ids.contains(kept.lease().id()))
                .forEach(this::drop);
        Map<LeaseId, ContainerId> served = new HashMap<>();
        held.forEach(it -> it.container().filter(running::contains).ifPresent(in -> served.put(it.lease(), in)));
        LeftRows left = new LeftRows(tracked.launches(), running, served);
        List<Lease> own = left.underOwnNumbers(rows);
        own.forEach(tracked.launches()::remember);
        List<ManagedLease> leases = left.byPrecedence(own)
                .map(row -> tracked.leases()
                        .find(row.id())
                        .filter(kept -> kept.lease().revision() >= row.revision())
                        .map(kept -> kept.with(kept.lease().renumbered(row.launch())))
                        .orElse(ManagedLease.fromRow(row)))
                .toList();
        // a lease that was read before may have the key of another that comes first now
        leases.forEach(kept -> tracked.leases().remove(kept.lease().id()));
        return leases.stream().filter(kept -> !tracked.leases().put(kept)).toList();
    }

    private void drop(ManagedLease kept) {
        tracked.leases().remove(kept.lease().id());
        issuance.forget(kept);
        trail.forget(kept.lease().id());
    }
}
