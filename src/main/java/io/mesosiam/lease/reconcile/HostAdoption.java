package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes over and releases the leases of a host: when its agent connects to this controller, and when another controller
 * claims the host. Leases that the agent holds and may keep are adopted without key material and without a call to STS.
 * A session that the agent should hold and doesn't is sent again, or a new one is requested.
 */
final class HostAdoption {
    /** Assumed length of a session whose length this controller doesn't know. */
    private static final Duration USUAL_LENGTH = Duration.ofHours(1);

    private final ReconcilerState tracked;
    private final Issuance issuance;
    private final AuditTrail trail;
    private final Journal journal;
    private final RenewalRule rule;

    HostAdoption(ReconcilerState tracked, Issuance issuance, AuditTrail trail, Journal journal, RenewalRule rule) {
        this.tracked = tracked;
        this.issuance = issuance;
        this.trail = trail;
        this.journal = journal;
        this.rule = rule;
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
            Map<ContainerId, Long> running,
            List<HeldLease> held,
            Optional<List<Lease>> left,
            Instant now) {
        boolean takenOver = tracked.hosts().isTakenOver(host);
        // an earlier claim of this controller may have ended its work after the rows for this one were read
        Optional<List<Lease>> rows = left.filter(_ -> !tracked.hosts().isContinuedBy(host, ownership));
        claim(host, ownership.epoch(), running, held, rows).forEach(kept -> endSuperfluous(kept, now));
        Set<LeaseId> audited = rows.map(this::correct).orElse(Set.of());
        HeldReport report = report(host, held);
        adopt(host, report, takenOver, audited, now);
        return report;
    }

    /** {@return leases of which another one has the key or the place} */
    private List<ManagedLease> claim(
            MesosAgentId host,
            long epoch,
            Map<ContainerId, Long> running,
            List<HeldLease> held,
            Optional<List<Lease>> left) {
        List<ManagedLease> superfluous =
                left.map(rows -> replace(host, rows, running.keySet(), held)).orElse(List.of());
        tracked.hosts().connect(host, epoch, running);
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

    /** Records a claim under which no stream goes on, for the entries that wait for its answer. */
    void lateClaim(MesosAgentId host, long epoch, boolean continued) {
        journal.claimed(host, epoch, continued);
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
        // also of a host that another controller has claimed, which is forgotten here before its stream ends
        if (!tracked.hosts().isConnected(host)) {
            journal.disconnected(host);
        }
    }

    /** Records that no claim of a host will be answered, unless it has a stream here. */
    void unclaimed(MesosAgentId host) {
        if (!tracked.hosts().isConnected(host)) {
            journal.unclaimed(host);
        }
    }

    /**
     * Forgets a host's leases and refusals, because another controller has claimed the host.
     *
     * @return false if nothing was known for that epoch
     */
    boolean release(MesosAgentId host, long epoch) {
        boolean lost = tracked.hosts().lose(host, epoch);
        if (lost) {
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
     *     of the task's container is kept, else that of a container that runs, else a bound one
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

    /**
     * Compares what the host's agent serves with the leases in memory.
     *
     * @param takenOver whether another controller may have owned the host: each lease that continues is then audited,
     *     also if nothing of it changes
     * @param audited leases whose adoption has been audited already
     */
    private void adopt(MesosAgentId host, HeldReport report, boolean takenOver, Set<LeaseId> audited, Instant now) {
        for (ManagedLease known : tracked.leases().on(host)) {
            ManagedLease kept = bound(known, report);
            boolean unaudited = takenOver && !audited.contains(kept.lease().id());
            Optional<HeldLease> fact = report.of(kept.lease())
                    .or(() -> report.claim(kept.lease()))
                    .filter(it -> now.isBefore(it.expiration()));
            Optional<Session> ours =
                    tracked.sessions().of(kept.lease().id()).filter(session -> now.isBefore(session.expiration()));
            if (ours.isPresent() && fact.map(it -> isNewer(ours.get(), it)).orElse(true)) {
                if (kept.lease().state().isServed()) {
                    if (unaudited) {
                        trail.takenOver(
                                kept,
                                "its session is here, valid until " + ours.get().expiration());
                    }
                } else {
                    keep(kept, ours.get().expiration(), now, false, "its session is here, valid until ");
                }
                continue;
            }
            fact.ifPresentOrElse(
                    it -> keep(kept, it.expiration(), now, unaudited, "its agent holds a session until "),
                    () -> lose(kept));
        }
        trail.writeDelayed(host);
    }

    /**
     * Binds a lease to the container in which the host's agent serves it: the controller that bound it was lost before it had
     * written that. The cluster state may not show the task's container yet, or still that of an earlier launch.
     */
    private ManagedLease bound(ManagedLease kept, HeldReport report) {
        Lease lease = kept.lease();
        if (lease.container().isPresent()) {
            return kept;
        }
        return report.of(lease)
                .flatMap(HeldLease::container)
                .filter(container -> tracked.hosts().isAlive(lease.host(), container))
                .map(container -> kept.with(lease.bind(container)))
                .filter(tracked.leases()::put)
                .map(bound -> {
                    tracked.launches().remember(bound.lease());
                    trail.lease(Kind.BOUND, bound, "bound to the container in which its agent serves it");
                    return bound;
                })
                .orElse(kept);
    }

    /**
     * Returns the complete state for the host. The agent drops everything that is not in it.
     *
     * @param unrecorded leases that have no row; others are not retained
     */
    List<Delivery> fullState(MesosAgentId host, List<HeldLease> held, Set<LeaseId> unrecorded) {
        List<Delivery> deliveries = new ArrayList<>();
        HeldReport report = report(host, held);
        Set<LeaseId> continued = new HashSet<>();
        for (ManagedLease kept : tracked.leases().on(host)) {
            Lease lease = kept.lease();
            Optional<HeldLease> fact = report.of(lease);
            Optional<Session> ours = tracked.sessions().of(lease.id());
            if (!lease.state().isServed()) {
                continue;
            }
            if (ours.isPresent() && fact.map(it -> isNewer(ours.get(), it)).orElse(true)) {
                deliveries.add(new Delivery.Serve(lease, ours.get()));
            } else if (fact.isPresent()) {
                deliveries.add(new Delivery.Keep(lease));
            } else {
                report.claim(lease).ifPresent(other -> {
                    continued.add(other.lease());
                    deliveries.add(new Delivery.Keep(lease, Optional.of(other.lease())));
                });
            }
        }
        List<HeldLease> retained = unrecorded.isEmpty()
                ? List.of()
                : retained(
                        host,
                        held.stream()
                                .filter(it -> unrecorded.contains(it.lease()) && !continued.contains(it.lease()))
                                .toList());
        tracked.hosts().retain(host, retained);
        retained.forEach(it -> deliveries.add(new Delivery.Retain(it.lease())));
        tracked.refusals().on(host).forEach(refusal -> deliveries.add(refusal.delivery()));
        return List.copyOf(deliveries);
    }

    private List<HeldLease> retained(MesosAgentId host, List<HeldLease> unrecorded) {
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

    /** @param takenOver whether to audit a lease even if it continues unchanged */
    private void keep(ManagedLease kept, Instant expiration, Instant now, boolean takenOver, String why) {
        Lease lease = kept.lease();
        if (tracked.sessions()
                .of(lease.id())
                .filter(session -> session.expiration().equals(expiration))
                .isEmpty()) {
            tracked.sessions().drop(lease.id());
        }
        Duration length = kept.under().map(give -> give.identity().length()).orElse(USUAL_LENGTH);
        Instant renewAt = rule.renewAdoptedAt(expiration, length, now);
        LeaseState next =
                switch (lease.state()) {
                    case LeaseState.Active active ->
                        active.expiration().equals(expiration) ? active : active.adopt(expiration, renewAt);
                    case LeaseState.Renewing renewing -> renewing.adopt(expiration);
                    case LeaseState.Pending pending -> pending.activate(expiration, renewAt);
                    case LeaseState.Failed failed -> failed.retry().activate(expiration, renewAt);
                    case LeaseState.Reaped reaped -> reaped;
                };
        if (!next.equals(lease.state())) {
            change(kept, next, Kind.ADOPTED, why + expiration);
        } else if (takenOver) {
            trail.takenOver(kept, why + expiration);
        }
    }

    /**
     * Records that the host's agent doesn't serve a lease that was sent to it.
     *
     * @param revision revision of the lease as it was sent
     * @return the launch to plan again, unless the lease has changed since
     */
    Set<Launch> notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
        Optional<ManagedLease> sent = tracked.leases()
                .find(lease)
                .filter(kept -> kept.lease().host().equals(host) && kept.lease().revision() == revision);
        sent.ifPresent(kept -> {
            tracked.hosts().notServed(host, lease, revision, reason);
            if (tracked.sessions().of(lease).isEmpty()) {
                lose(kept);
            }
        });
        return sent.map(kept -> Set.of(kept.lease().launch())).orElse(Set.of());
    }

    /** Neither the agent nor this controller has the session of the lease. */
    private void lose(ManagedLease kept) {
        String why = "its agent holds no session of it";
        Stream<LeaseState> next =
                switch (kept.lease().state()) {
                    case LeaseState.Active active -> Stream.of(active.lose(why));
                    case LeaseState.Renewing renewing -> Stream.of(renewing.lose(why));
                    case LeaseState.Pending _, LeaseState.Failed _, LeaseState.Reaped _ -> Stream.empty();
                };
        tracked.sessions().drop(kept.lease().id());
        next.forEach(state -> change(kept, state, Kind.FAILED, why));
    }

    private void change(ManagedLease kept, LeaseState next, Kind kind, String message) {
        ManagedLease changed = kept.with(kept.lease().in(next));
        if (tracked.leases().put(changed)) {
            trail.lease(kind, changed, message);
        }
    }

    private static boolean isNewer(Session ours, HeldLease held) {
        return ours.expiration().isAfter(held.expiration());
    }

    private HeldReport report(MesosAgentId host, List<HeldLease> held) {
        return new HeldReport(
                held,
                id -> tracked.leases().find(id).isPresent(),
                container -> tracked.hosts().isAlive(host, container)
                        && tracked.launches().isUnknown(host, container));
    }
}
