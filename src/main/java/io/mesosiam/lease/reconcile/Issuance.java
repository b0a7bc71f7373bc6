package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.LeaseTimes;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.plan.SessionBackoff;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Obtains sessions for leases: from STS, or shared with a lease of the same identity. It also processes the answers of
 * STS.
 */
final class Issuance {
    /** STS issues no shorter ones: a lease that is older than this may have had a session that ended. */
    private static final Duration SHORTEST_SESSION = Duration.ofMinutes(15);

    private final ReconcilerState tracked;
    private final SessionCalls calls;
    private final Deliveries deliveries;
    private final AuditTrail trail;
    private final RenewalRule rule;
    private final LeaseTimes times;
    private final LeaseSteps steps;

    Issuance(
            ReconcilerState tracked,
            SessionCalls calls,
            Deliveries deliveries,
            AuditTrail trail,
            RenewalRule rule,
            LeaseTimes times,
            LeaseSteps steps) {
        this.tracked = tracked;
        this.calls = calls;
        this.deliveries = deliveries;
        this.trail = trail;
        this.rule = rule;
        this.times = times;
        this.steps = steps;
    }

    /** {@return launches that have to be planned again} */
    Set<Launch> request(ManagedLease kept, DesiredLease.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Failed failed) {
            lease = lease.in(failed.retry());
        }
        return call(kept.requesting(lease, give), give, true, now);
    }

    /** The state of a lease that continues a session until {@code end}, which this controller has not requested. */
    LeaseState.Active continued(DesiredLease.Give give, Instant end, Instant now) {
        return new LeaseState.Active(end, rule.renewAdoptedAt(end, length(give), now), 0);
    }

    /** {@return launches that have to be planned again} */
    Set<Launch> renew(ManagedLease kept, DesiredLease.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Active active) {
            lease = lease.in(active.renew());
        }
        return call(kept.requesting(lease, give), give, false, now);
    }

    private Set<Launch> call(ManagedLease kept, DesiredLease.Give give, boolean waiting, Instant now) {
        tracked.leases().replace(kept);
        Lease lease = kept.lease();
        steps.requested(lease, !waiting);
        Optional<Session> shared = give.entitlement().sharing() == Sharing.ROLE
                ? tracked.sessions().shared(give.hash(), end -> rule.fresh(end, length(give), now))
                : Optional.empty();
        tracked.sessions().requesting(give.hash());
        if (shared.isEmpty()) {
            if (waiting) {
                tracked.backoff().probing(give.hash(), now);
            }
            calls.request(lease.id(), give.identity(), waiting);
            return Set.of();
        }
        Instant end = shared.get().expiration();
        Set<Launch> again = issued(kept, shared.get(), rule.renewAdoptedAt(end, length(give), now), now);
        tracked.sessions().answered(give.hash());
        again.add(lease.launch());
        return again;
    }

    /**
     * Processes the answer to a request for a lease's session.
     *
     * @return launches that have to be planned again
     */
    Set<Launch> answer(LeaseId id, String hash, SessionOutcome outcome, Instant now) {
        // STS would refuse the same request again, so those that have not been sent are not sent.
        List<LeaseId> unsent = outcome instanceof SessionOutcome.Refused ? calls.cancelWaiting(hash) : List.of();
        calls.answered(id);
        steps.answered(id, outcome);
        Optional<ManagedLease> requesting = tracked.leases()
                .find(id)
                .filter(kept -> kept.lease().identityHash().equals(hash) && kept.requesting());
        Set<Launch> again = new LinkedHashSet<>();
        switch (outcome) {
            case SessionOutcome.Issued issued ->
                requesting.ifPresentOrElse(
                        kept -> {
                            Instant end = issued.session().expiration();
                            again.addAll(issued(kept, issued.session(), rule.renewAt(now, end), now));
                        },
                        () -> tracked.sessions().discard(hash, issued.session()));
            case SessionOutcome.Refused refused -> {
                requesting.ifPresent(kept -> failed(kept, refused, now));
                unsent.forEach(lease -> again.addAll(refuseUnsent(lease, hash, refused, now)));
            }
            case SessionOutcome.Unavailable away -> requesting.ifPresent(kept -> failed(kept, away, now));
        }
        tracked.sessions().answered(hash);
        requesting.ifPresent(kept -> again.add(kept.lease().launch()));
        return again;
    }

    /** {@return the launch of the lease, whose request was cancelled} */
    private Set<Launch> refuseUnsent(LeaseId id, String hash, SessionOutcome.Refused refused, Instant now) {
        tracked.sessions().answered(hash);
        Optional<ManagedLease> lease = tracked.leases().find(id);
        lease.ifPresent(kept -> failed(kept, refused, now));
        return lease.map(kept -> Set.of(kept.lease().launch())).orElse(Set.of());
    }

    /** {@return launches of other leases that waited for a session of this identity} */
    private Set<Launch> issued(ManagedLease kept, Session session, Instant renewAt, Instant now) {
        Lease lease = kept.lease();
        if (!now.isBefore(session.expiration())) {
            tracked.sessions().discard(lease.identityHash(), session);
            String why = "STS returned a session that has already ended";
            failed(kept, new SessionOutcome.Unavailable(why, Optional.empty()), now);
            return new LinkedHashSet<>();
        }
        Instant end = session.expiration();
        boolean first = lease.state() instanceof LeaseState.Pending;
        LeaseState.Active next =
                switch (lease.state()) {
                    case LeaseState.Pending pending -> pending.activate(end, renewAt);
                    case LeaseState.Renewing renewing -> renewing.renewed(end, renewAt);
                    case LeaseState.Active active -> active.renew().renewed(end, renewAt);
                    case LeaseState.Failed failed -> failed.retry().activate(end, renewAt);
                    case LeaseState.Reaped _ -> throw new IllegalStateException("not live: " + lease.id());
                };
        ManagedLease served = kept.answered(
                lease.issued(next, kept.under().map(DesiredLease.Give::policy).orElse(lease.policy())));
        tracked.sessions().put(lease.id(), lease.identityHash(), session);
        tracked.leases().replace(served);
        deliveries.serve(served.lease());
        trail.lease(first ? Kind.ISSUED : Kind.RENEWED, served, "session until " + end);
        Duration waited = Duration.between(lease.createdAt(), now);
        if (first && waited.compareTo(SHORTEST_SESSION) < 0) {
            times.firstSession(waited);
        }
        Set<Launch> others = new LinkedHashSet<>();
        if (tracked.backoff().succeeded(lease.identityHash())) {
            tracked.leases()
                    .withIdentity(lease.identityHash())
                    .forEach(other -> others.add(other.lease().launch()));
        }
        return others;
    }

    private void failed(ManagedLease kept, SessionOutcome.Failure failure, Instant now) {
        Lease lease = kept.lease();
        String reason = failure.reason();
        LeaseState next =
                switch (lease.state()) {
                    case LeaseState.Pending pending -> {
                        SessionBackoff hold = tracked.backoff().failed(lease.identityHash(), failure, now);
                        yield pending.fail(reason, hold.attempts(), hold.until());
                    }
                    case LeaseState.Renewing renewing -> {
                        Instant retryAt = now.plus(rule.backoff(failure, renewing.attempts() + 1));
                        yield now.isBefore(renewing.expiration())
                                ? renewing.retry(retryAt)
                                : renewing.fail(reason, retryAt);
                    }
                    case LeaseState.Active active -> active;
                    case LeaseState.Failed failed -> failed;
                    case LeaseState.Reaped _ -> throw new IllegalStateException("not live: " + lease.id());
                };
        ManagedLease after = kept.answered(lease.in(next));
        if (next instanceof LeaseState.Failed) {
            tracked.sessions().drop(lease.id());
        }
        tracked.leases().replace(after);
        trail.lease(Kind.FAILED, after, reason);
    }

    /** Drops the lease's session, and cancels a request that has not been sent yet. */
    void forget(ManagedLease kept) {
        tracked.sessions().drop(kept.lease().id());
        steps.ended(kept.lease().id());
        tracked.started().forget(kept.lease().id());
        if (calls.cancel(kept.lease().id())) {
            tracked.sessions().answered(kept.lease().identityHash());
        }
    }

    private static Duration length(DesiredLease.Give give) {
        return give.identity().length();
    }
}
