package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** How leases come by their sessions: STS is asked, or one of the same identity is shared, and the answer is taken in. */
final class Issuance {
    private final ReconcilerState tracked;
    private final SessionCalls calls;
    private final Deliveries deliveries;
    private final AuditTrail trail;
    private final RenewalRule rule;
    private final Consumer<Launch> look;

    /** @param look marks a launch that an answer made worth another look */
    Issuance(
            ReconcilerState tracked,
            SessionCalls calls,
            Deliveries deliveries,
            AuditTrail trail,
            RenewalRule rule,
            Consumer<Launch> look) {
        this.tracked = tracked;
        this.calls = calls;
        this.deliveries = deliveries;
        this.trail = trail;
        this.rule = rule;
        this.look = look;
    }

    void ask(ManagedLease kept, DesiredLease.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Failed failed) {
            lease = lease.in(failed.retry());
        }
        call(kept.asking(lease, give), give, true, now);
    }

    void renew(ManagedLease kept, DesiredLease.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Active active) {
            lease = lease.in(active.renew());
        }
        call(kept.asking(lease, give), give, false, now);
    }

    private void call(ManagedLease kept, DesiredLease.Give give, boolean waiting, Instant now) {
        tracked.leases().replace(kept);
        Lease lease = kept.lease();
        Optional<Session> shared = give.entitlement().sharing() == Sharing.ROLE
                ? tracked.sessions().shared(give.hash(), end -> rule.fresh(end, length(give), now))
                : Optional.empty();
        tracked.sessions().asking(give.hash());
        if (shared.isPresent()) {
            Instant end = shared.get().expiration();
            issued(kept, shared.get(), rule.renewAdoptedAt(end, length(give), now), now);
            tracked.sessions().answered(give.hash());
            look.accept(lease.launch());
        } else {
            tracked.backoff().probing(give.hash(), now);
            calls.ask(lease.id(), give.identity(), waiting);
        }
    }

    /** Takes in an answer to an ask for a lease. */
    void answer(LeaseId id, String hash, SessionOutcome outcome, Instant now) {
        calls.answered(id);
        Optional<ManagedLease> asking = tracked.leases()
                .find(id)
                .filter(kept -> kept.lease().identityHash().equals(hash) && kept.asking());
        switch (outcome) {
            case SessionOutcome.Issued issued ->
                asking.ifPresentOrElse(
                        kept -> {
                            Instant end = issued.session().expiration();
                            issued(kept, issued.session(), rule.renewAt(now, end), now);
                        },
                        () -> tracked.sessions().discard(hash, issued.session()));
            case SessionOutcome.Refused refused -> asking.ifPresent(kept -> failed(kept, refused, now));
            case SessionOutcome.Unavailable away -> asking.ifPresent(kept -> failed(kept, away, now));
        }
        tracked.sessions().answered(hash);
        asking.ifPresent(kept -> look.accept(kept.lease().launch()));
    }

    private void issued(ManagedLease kept, Session session, Instant renewAt, Instant now) {
        Lease lease = kept.lease();
        if (!now.isBefore(session.expiration())) {
            tracked.sessions().discard(lease.identityHash(), session);
            String why = "STS gave a session that has ended already";
            failed(kept, new SessionOutcome.Unavailable(why, Optional.empty()), now);
            return;
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
        if (tracked.backoff().succeeded(lease.identityHash())) {
            tracked.leases()
                    .asIdentity(lease.identityHash())
                    .forEach(other -> look.accept(other.lease().launch()));
        }
    }

    private void failed(ManagedLease kept, SessionOutcome.Failure failure, Instant now) {
        Lease lease = kept.lease();
        String reason = failure.reason();
        LeaseState next =
                switch (lease.state()) {
                    case LeaseState.Pending pending -> {
                        IssueBackoff.Hold hold = hold(lease.identityHash(), failure, now);
                        yield pending.fail(reason, hold.attempts(), hold.until());
                    }
                    case LeaseState.Renewing renewing -> {
                        Instant retryAt = now.plus(rule.backoff(renewing.attempts() + 1));
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

    private IssueBackoff.Hold hold(String identityHash, SessionOutcome.Failure failure, Instant now) {
        return switch (failure) {
            case SessionOutcome.Refused refused -> tracked.backoff().refused(identityHash, refused.reason(), now);
            case SessionOutcome.Unavailable away -> tracked.backoff().failed(identityHash, away.retryAfter(), now);
        };
    }

    /** Its session isn't wanted any more, nor one that hasn't been asked for yet. */
    void forget(ManagedLease kept) {
        tracked.sessions().drop(kept.lease().id());
        if (calls.cancel(kept.lease().id())) {
            tracked.sessions().answered(kept.lease().identityHash());
        }
    }

    private static Duration length(DesiredLease.Give give) {
        return give.identity().length();
    }
}
