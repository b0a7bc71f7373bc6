package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Compares what a host's agent serves with the host's leases. Those that the agent holds and may keep are continued without
 * key material and without a call to STS; those of which neither the agent nor this controller has a session have lost it.
 */
final class HeldSessions {
    /** Assumed length of a session whose length this controller doesn't know. */
    private static final Duration USUAL_LENGTH = Duration.ofHours(1);

    private final ReconcilerState tracked;
    private final AuditTrail trail;
    private final RenewalRule rule;

    HeldSessions(ReconcilerState tracked, AuditTrail trail, RenewalRule rule) {
        this.tracked = tracked;
        this.trail = trail;
        this.rule = rule;
    }

    /**
     * Continues what the host's agent holds, and records what it lost.
     *
     * @param takenOver whether another controller may have owned the host: each lease that continues is then audited,
     *     also if nothing of it changes
     * @param audited leases whose adoption has been audited already
     */
    void adopt(MesosAgentId host, HeldReport report, boolean takenOver, Set<LeaseId> audited, Instant now) {
        for (ManagedLease known : tracked.leases().on(host)) {
            ManagedLease kept = bound(known, report);
            boolean unaudited = takenOver && !audited.contains(kept.lease().id());
            Optional<HeldLease> fact = report.of(kept.lease())
                    .or(() -> report.claim(kept.lease()))
                    .filter(it -> now.isBefore(it.expiration()));
            Optional<Session> ours =
                    tracked.sessions().of(kept.lease().id()).filter(session -> now.isBefore(session.expiration()));
            if (ours.isPresent() && fact.map(it -> isNewer(ours.get(), it)).orElse(true)) {
                // the row can be of a later session, which another controller requested and the agent has lost since
                keep(kept, ours.get().expiration(), now, unaudited, "its session is here, valid until ");
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
                    case LeaseState.Active active -> adopted(active, expiration, renewAt);
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

    /** Unchanged if it has this expiration: a state has microseconds, a session can have nanoseconds. */
    private static LeaseState.Active adopted(LeaseState.Active active, Instant expiration, Instant renewAt) {
        LeaseState.Active adopted = active.adopt(expiration, renewAt);
        return adopted.expiration().equals(active.expiration()) ? active : adopted;
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

    /** Whether this controller has a later session than the agent holds. */
    static boolean isNewer(Session ours, HeldLease held) {
        return ours.expiration().isAfter(held.expiration());
    }
}
