package io.mesosiam.lease;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does what a plan says, and takes in what STS answers. Each action is idempotent: one whose lease is gone, or whose place
 * is still taken, does nothing.
 */
final class LeaseActions {
    private final Memory memory;
    private final SessionCalls calls;
    private final LeaseDelivery delivery;
    private final AuditTrail trail;
    private final RenewalRule rule;
    private final Supplier<UUID> ids;
    private final Consumer<Launch> look;

    /** The hosts whose whole state is being put together: what would be delivered is in it. */
    private final Set<MesosAgentId> syncing = new HashSet<>();

    /** @param look marks a launch that an action here made worth another look */
    LeaseActions(
            Memory memory,
            SessionCalls calls,
            LeaseDelivery delivery,
            AuditTrail trail,
            RenewalRule rule,
            Supplier<UUID> ids,
            Consumer<Launch> look) {
        this.memory = memory;
        this.calls = calls;
        this.delivery = delivery;
        this.trail = trail;
        this.rule = rule;
        this.ids = ids;
        this.look = look;
    }

    void perform(LeaseAction action, Instant now) {
        switch (action) {
            case LeaseAction.Withdraw withdraw -> withdraw(withdraw);
            case LeaseAction.Reap reap -> kept(reap.lease()).ifPresent(kept -> reap(kept, reap, now));
            case LeaseAction.Unrefuse unrefuse -> unrefuse(unrefuse.refusal());
            case LeaseAction.Refuse refuse -> refuse(refuse.refusal());
            case LeaseAction.Bind bind -> kept(bind.lease()).ifPresent(kept -> bind(kept, bind.container()));
            case LeaseAction.Expire expire -> kept(expire.lease()).ifPresent(kept -> expire(kept, now));
            case LeaseAction.Issue issue -> issue(issue, now);
            case LeaseAction.Ask ask -> kept(ask.lease()).ifPresent(kept -> ask(kept, ask.give(), now));
            case LeaseAction.Renew renew -> kept(renew.lease()).ifPresent(kept -> renew(kept, renew.give(), now));
            case LeaseAction.Wait _ -> {
                // the queue knows when
            }
        }
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

    private Optional<KeptLease> kept(LeaseId lease) {
        return memory.leases().find(lease);
    }

    private void withdraw(LeaseAction.Withdraw withdraw) {
        Withdrawal withdrawal = Withdrawal.of(withdraw.key(), withdraw.reason());
        memory.withdrawals().add(withdrawal);
        memory.leases().find(withdraw.key()).ifPresent(kept -> trail.withdrawn(kept, withdrawal));
    }

    private void reap(KeptLease kept, LeaseAction.Reap reap, Instant now) {
        Lease lease = kept.lease();
        if (!(lease.state() instanceof LeaseState.Live live)) {
            return;
        }
        Lease reaped = lease.in(live.reap(reap.reason(), now));
        memory.leases().end(reaped);
        forgetSession(kept);
        deliver(lease.host(), new Delivery.Withdraw(lease.id(), reap.reason()));
        if (reap.proven()) {
            trail.ended(kept.with(reaped), reap.reason());
        } else {
            trail.lease(Kind.REAPED, kept.with(reaped), reap.reason());
        }
        lease.container()
                .ifPresent(container ->
                        memory.launches().in(lease.host(), container).forEach(look));
    }

    private void forgetSession(KeptLease kept) {
        memory.sessions().drop(kept.lease().id());
        if (calls.cancel(kept.lease().id())) {
            memory.sessions().answered(kept.lease().identityHash());
        }
    }

    /** Takes a lease from memory that is another controller's now. */
    void drop(KeptLease kept) {
        memory.leases().remove(kept.lease().id());
        forgetSession(kept);
        trail.forget(kept.lease().id());
    }

    private void refuse(Refusal refusal) {
        memory.refusals().put(refusal);
        deliver(host(refusal), refusal.delivery());
        trail.refused(refusal);
    }

    private void unrefuse(Refusal refusal) {
        memory.refusals().remove(refusal);
        deliver(host(refusal), refusal.withdrawal());
    }

    private void bind(KeptLease kept, ContainerId container) {
        KeptLease bound = kept.with(kept.lease().bind(container));
        if (memory.leases().put(bound)) {
            trail.lease(Kind.BOUND, bound, "bound to its container");
            serve(bound.lease());
        }
    }

    private void expire(KeptLease kept, Instant now) {
        if (kept.lease().state() instanceof LeaseState.Active active) {
            memory.sessions().drop(kept.lease().id());
            KeptLease failed = kept.with(kept.lease().in(active.expire(now)));
            put(failed);
            trail.lease(Kind.FAILED, failed, "its session ended before it could be renewed");
            look.accept(kept.lease().launch());
        }
    }

    private void issue(LeaseAction.Issue issue, Instant now) {
        Lease lease = new Lease(
                new LeaseId(ids.get()),
                issue.key(),
                issue.give().identity().role(),
                issue.give().policy(),
                issue.give().hash(),
                issue.give().identity().sessionName(),
                memory.launches()
                        .task(issue.key().launch())
                        .map(LaunchedTask::witnessed)
                        .orElse(false),
                issue.container(),
                now,
                issue.until(),
                new LeaseState.Pending(issue.ask() ? "STS is being asked" : "STS just refused the same to another"),
                0);
        KeptLease kept = new KeptLease(lease, Optional.of(issue.give()), false);
        if (memory.leases().put(kept) && issue.ask()) {
            ask(kept, issue.give(), now);
        }
    }

    private void ask(KeptLease kept, Wish.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Failed failed) {
            lease = lease.in(failed.retry());
        }
        call(kept.asking(lease, give), give, true, now);
    }

    private void renew(KeptLease kept, Wish.Give give, Instant now) {
        Lease lease = kept.lease();
        if (lease.state() instanceof LeaseState.Active active) {
            lease = lease.in(active.renew());
        }
        call(kept.asking(lease, give), give, false, now);
    }

    private void call(KeptLease kept, Wish.Give give, boolean waiting, Instant now) {
        put(kept);
        Lease lease = kept.lease();
        Optional<Session> shared = give.entitlement().sharing() == Sharing.ROLE
                ? memory.sessions().shared(give.hash(), end -> rule.fresh(end, length(give), now))
                : Optional.empty();
        memory.sessions().asking(give.hash());
        if (shared.isPresent()) {
            Instant end = shared.get().expiration();
            issued(kept, shared.get(), rule.renewAdoptedAt(end, length(give), now), now);
            memory.sessions().answered(give.hash());
            look.accept(lease.launch());
        } else {
            memory.heldBack().probing(give.hash(), now);
            calls.ask(lease.id(), give.identity(), waiting);
        }
    }

    /** Takes in an answer to an ask for a lease. */
    void answer(LeaseId id, String hash, SessionOutcome outcome, Instant now) {
        Optional<KeptLease> asking =
                kept(id).filter(kept -> kept.lease().identityHash().equals(hash) && kept.asking());
        switch (outcome) {
            case SessionOutcome.Issued issued ->
                asking.ifPresentOrElse(
                        kept -> {
                            Instant end = issued.session().expiration();
                            issued(kept, issued.session(), rule.renewAt(now, end), now);
                        },
                        () -> memory.sessions().discard(hash, issued.session()));
            case SessionOutcome.Refused refused ->
                asking.ifPresent(kept -> failed(kept, refused.reason(), Optional.empty(), now));
            case SessionOutcome.Unavailable away ->
                asking.ifPresent(kept -> failed(kept, away.reason(), away.retryAfter(), now));
        }
        memory.sessions().answered(hash);
        asking.ifPresent(kept -> look.accept(kept.lease().launch()));
    }

    private void issued(KeptLease kept, Session session, Instant renewAt, Instant now) {
        Lease lease = kept.lease();
        if (!now.isBefore(session.expiration())) {
            memory.sessions().discard(lease.identityHash(), session);
            failed(kept, "STS gave a session that has ended already", Optional.empty(), now);
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
        KeptLease served = kept.answered(
                lease.issued(next, kept.under().map(Wish.Give::policy).orElse(lease.policy())));
        memory.sessions().put(lease.id(), lease.identityHash(), session);
        put(served);
        serve(served.lease());
        trail.lease(first ? Kind.ISSUED : Kind.RENEWED, served, "session until " + end);
        if (memory.heldBack().succeeded(lease.identityHash())) {
            memory.leases()
                    .asIdentity(lease.identityHash())
                    .forEach(other -> look.accept(other.lease().launch()));
        }
    }

    private void failed(KeptLease kept, String reason, Optional<Duration> retryAfter, Instant now) {
        Lease lease = kept.lease();
        LeaseState next =
                switch (lease.state()) {
                    case LeaseState.Pending pending -> {
                        HeldBack.Hold hold = memory.heldBack().failed(lease.identityHash(), retryAfter, now);
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
        KeptLease after = kept.answered(lease.in(next));
        if (next instanceof LeaseState.Failed) {
            memory.sessions().drop(lease.id());
        }
        put(after);
        trail.lease(Kind.FAILED, after, reason);
    }

    private void put(KeptLease kept) {
        if (!memory.leases().put(kept)) {
            throw new IllegalStateException("lease " + kept.lease().id() + " is in the way of another");
        }
    }

    /** Hands over the lease as it is now, with its session if that is here and good. */
    void serve(Lease lease) {
        boolean hasSession =
                switch (lease.state()) {
                    case LeaseState.Active _, LeaseState.Renewing _ -> true;
                    case LeaseState.Pending _, LeaseState.Failed _, LeaseState.Reaped _ -> false;
                };
        if (hasSession) {
            deliver(
                    lease.host(),
                    memory.sessions()
                            .of(lease.id())
                            .<Delivery>map(session -> new Delivery.Serve(lease, session))
                            .orElseGet(() -> new Delivery.Keep(lease)));
        }
    }

    void deliver(MesosAgentId host, Delivery message) {
        if (memory.hosts().isConnected(host) && !syncing.contains(host)) {
            delivery.deliver(host, message);
        }
    }

    private static MesosAgentId host(Refusal refusal) {
        return refusal.key().launch().key().agent();
    }

    private static Duration length(Wish.Give give) {
        return give.identity().length();
    }
}
