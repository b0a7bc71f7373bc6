package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskContainer;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Performs the actions of a plan. Each is idempotent: an action does nothing if its lease no longer exists or its place
 * is still occupied.
 */
final class LeaseActions {
    static final String SUPERFLUOUS = "another lease of its task has its place";

    private static final String FORGOTTEN = "neither the master nor the host's agent reports its task";

    private static final String ENDED_ELSEWHERE = "another controller has ended its row";

    private static final String EARLIER = "its launch is over: its task runs in another container";

    private final ReconcilerState tracked;
    private final Issuance issuance;
    private final Deliveries deliveries;
    private final AuditTrail trail;
    private final GrantRows grants;
    private final Supplier<UUID> ids;

    LeaseActions(
            ReconcilerState tracked,
            Issuance issuance,
            Deliveries deliveries,
            AuditTrail trail,
            GrantRows grants,
            Supplier<UUID> ids) {
        this.tracked = tracked;
        this.grants = grants;
        this.issuance = issuance;
        this.deliveries = deliveries;
        this.trail = trail;
        this.ids = ids;
    }

    /** {@return launches that have to be planned again} */
    Set<Launch> perform(Launch launch, LeaseAction action, Instant now) {
        return switch (action) {
            case LeaseAction.BindGrant bind -> {
                container(launch).ifPresent(in -> grants.bind(bind.grant(), in));
                yield Set.of();
            }
            case LeaseAction.SuspendGrant suspend -> {
                container(launch).ifPresent(in -> grants.suspend(suspend.grant(), in, tracked.launches()::hasEnded));
                yield Set.of();
            }
            case LeaseAction.Withdraw withdraw -> withdraw(withdraw);
            case LeaseAction.Reap reap -> with(reap.lease(), kept -> reap(kept, reap, now));
            case LeaseAction.HandOver handOver -> with(handOver.lease(), kept -> handOver(kept, handOver, now));
            case LeaseAction.ClearRefusal clear -> clearRefusal(clear.refusal());
            case LeaseAction.Refuse refuse -> refuse(refuse.refusal(), refuse.reason());
            case LeaseAction.Limit limit -> with(limit.lease(), kept -> limit(kept, limit));
            case LeaseAction.Bind bind -> with(bind.lease(), kept -> bind(kept, bind.container()));
            case LeaseAction.Expire expire -> with(expire.lease(), kept -> expire(kept, now));
            case LeaseAction.Issue issue -> issue(issue, now);
            case LeaseAction.Request request ->
                with(request.lease(), kept -> issuance.request(kept, request.give(), now));
            case LeaseAction.Renew renew -> with(renew.lease(), kept -> issuance.renew(kept, renew.give(), now));
            // The queue has the time of the next plan.
            case LeaseAction.Wait _ -> Set.of();
        };
    }

    private Optional<TaskContainer> container(Launch launch) {
        return tracked.launches().task(launch).flatMap(known -> known.task().inContainer());
    }

    private Set<Launch> with(LeaseId lease, Function<ManagedLease, Set<Launch>> act) {
        return tracked.leases().find(lease).map(act).orElse(Set.of());
    }

    private Set<Launch> withdraw(LeaseAction.Withdraw withdraw) {
        Withdrawal withdrawal = Withdrawal.of(withdraw.key(), withdraw.reason());
        tracked.withdrawals().add(withdrawal);
        tracked.leases().find(withdraw.key()).ifPresent(kept -> trail.withdrawn(kept, withdrawal));
        return Set.of();
    }

    /**
     * Gives the leases in the launch's container its number, and those of a later launch another one, and ends those of its
     * task's launches that are over.
     *
     * @param gone containers whose end the host's agent has just reported
     * @return launches that have to be planned again
     */
    Set<Launch> settle(Launch launch, Set<ContainerId> gone, Instant now) {
        OtherNumbers numbers = new OtherNumbers(tracked, launch, gone);
        Set<Launch> again = new LinkedHashSet<>();
        for (ManagedLease kept : numbers.over()) {
            again.addAll(reap(kept, new LeaseAction.Reap(kept.lease().id(), EARLIER, true), now));
            again.add(launch);
        }
        List<ManagedLease> others = numbers.ofALaterLaunch();
        if (!others.isEmpty()) {
            // looks through all launches of the host
            Launch later = numbers.later();
            others.forEach(kept -> renumber(kept, later));
            again.add(later);
        }
        for (ManagedLease kept : numbers.inItsContainer()) {
            tracked.leases()
                    .find(new LeaseKey(launch, kept.lease().name()))
                    .map(other -> new LeaseAction.Reap(other.lease().id(), SUPERFLUOUS, false))
                    .ifPresent(end -> again.addAll(perform(launch, end, now)));
            renumber(kept, launch);
            again.add(launch);
        }
        return again;
    }

    /** {@return launches that have to be planned again} */
    Set<Launch> endForgotten(ManagedLease kept, Instant now) {
        return reap(kept, new LeaseAction.Reap(kept.lease().id(), FORGOTTEN, false), now);
    }

    /**
     * Continues a lease under another id, because another controller has ended its row and a row ends for good. That controller
     * saw an earlier launch of the task end, which is the same launch here: this one has not seen the end.
     */
    Set<Launch> continueEnded(LeaseId ended, Instant now) {
        return with(ended, kept -> {
            Lease lease = kept.lease();
            LeaseState state =
                    lease.state() instanceof LeaseState.Renewing renewing ? renewing.handOver(now) : lease.state();
            ManagedLease next =
                    new ManagedLease(lease.under(new LeaseId(ids.get())).in(state), kept.under(), false);
            tracked.sessions().of(lease.id()).ifPresent(session -> tracked.sessions()
                    .put(next.lease().id(), lease.identityHash(), session));
            tracked.leases().remove(lease.id());
            tracked.leases().replace(next);
            issuance.forget(kept);
            trail.forget(lease.id());
            if (state.isServed()) {
                deliveries.serve(next.lease(), lease.id());
                deliveries.withdraw(lease, ENDED_ELSEWHERE);
            }
            trail.lease(Kind.ADOPTED, next, "continues lease " + lease.id() + ": " + ENDED_ELSEWHERE);
            return Set.of(lease.launch());
        });
    }

    /** What the row says of its launch, such as that a controller witnessed it, applies to the launch of that number. */
    private void renumber(ManagedLease kept, Launch launch) {
        Lease renumbered = kept.lease().renumbered(launch);
        tracked.leases().remove(renumbered.id());
        tracked.leases().replace(kept.with(renumbered));
        tracked.launches().remember(renumbered);
    }

    private Set<Launch> reap(ManagedLease kept, LeaseAction.Reap reap, Instant now) {
        Lease lease = kept.lease();
        if (!(lease.state() instanceof LeaseState.Live live)) {
            return Set.of();
        }
        if (!reap.proven()) {
            // A withdrawal made by this controller has already been audited with its row.
            tracked.withdrawals()
                    .inTable(lease)
                    .map(Withdrawal::describe)
                    .or(reap::withdrawn)
                    .ifPresent(why -> trail.withdrawnBy(kept, why));
        }
        Lease reaped = lease.in(live.reap(reap.reason(), now));
        tracked.leases().end(reaped);
        issuance.forget(kept);
        deliveries.withdraw(lease, reap.reason());
        if (reap.proven()) {
            trail.ended(kept.with(reaped), reap.reason());
        } else {
            trail.lease(Kind.REAPED, kept.with(reaped), reap.reason());
        }
        return lease.container()
                .map(container -> tracked.plannedIn(lease.host(), container))
                .orElse(Set.of());
    }

    /**
     * Hands the session of an ended task's lease over to the heir's lease. The agent receives the new lease first, so
     * the container is served without interruption. The journal receives the end of the earlier lease first, because
     * the table holds at most one live lease for a container and name. The time to live continues: it begins with the
     * first lease of the session.
     */
    private Set<Launch> handOver(ManagedLease kept, LeaseAction.HandOver handOver, Instant now) {
        Lease lease = kept.lease();
        Optional<LeaseState.Active> state =
                switch (lease.state()) {
                    case LeaseState.Active active -> Optional.of(active);
                    case LeaseState.Renewing renewing -> Optional.of(renewing.handOver(now));
                    case LeaseState.Pending _, LeaseState.Failed _, LeaseState.Reaped _ -> Optional.empty();
                };
        if (state.isEmpty() || !(lease.state() instanceof LeaseState.Live live)) {
            return Set.of();
        }
        Set<Launch> again = new LinkedHashSet<>();
        LeaseKey key = new LeaseKey(handOver.heir(), lease.name());
        ManagedLease successor = tracked.leases()
                .find(key)
                .filter(own -> mayTakeOver(own.lease(), lease))
                .map(own -> own.with(takeOver(own.lease(), lease, state.get())))
                .orElseGet(() -> new ManagedLease(
                        lease(key, handOver.give(), lease.container(), state.get(), 1, lease.createdAt()),
                        Optional.of(handOver.give()),
                        false));
        Lease next = successor.lease();
        String reason = handOver.reason() + "; its session is handed over to " + key.launch();
        Lease reaped = lease.in(live.reap(reason, now));
        tracked.leases().end(reaped);
        tracked.leases()
                .find(key)
                .filter(own -> !own.lease().id().equals(next.id()))
                .ifPresent(own ->
                        again.addAll(reap(own, new LeaseAction.Reap(own.lease().id(), reason, false), now)));
        tracked.leases().replace(successor);
        tracked.sessions().of(lease.id()).ifPresent(session -> tracked.sessions()
                .put(next.id(), next.identityHash(), session));
        issuance.forget(kept);
        deliveries.serve(next, lease.id());
        deliveries.withdraw(lease, reason);
        trail.ended(kept.with(reaped), reason);
        trail.lease(
                Kind.ADOPTED,
                successor,
                "the session of lease " + lease.id() + " of " + lease.launch() + " is handed over, valid until "
                        + state.get().expiration());
        again.add(key.launch());
        again.addAll(tracked.launches().neighbours(key.launch()));
        return again;
    }

    /** Whether the heir's own lease can take over the session: its time to live isn't later than the earlier lease's. */
    private static boolean mayTakeOver(Lease own, Lease earlier) {
        return own.identityHash().equals(earlier.identityHash())
                && own.container().isEmpty()
                && (own.until().isEmpty() || !own.createdAt().isAfter(earlier.createdAt()));
    }

    /**
     * Returns the heir's own lease, which serves no container yet, with the container and session of the earlier lease.
     */
    private static Lease takeOver(Lease own, Lease earlier, LeaseState.Active state) {
        return earlier.container().map(own::bind).orElse(own).in(state);
    }

    private Set<Launch> refuse(Refusal refusal, String reason) {
        boolean answered = tracked.refusals().isAnswered(refusal);
        tracked.refusals().put(refusal);
        if (!answered) {
            deliveries.refuse(refusal);
        }
        // an executor can run any number of tasks in a container that requests names which no policy gives
        if (!answered || refusal.code() != RefusalCode.NO_POLICY) {
            trail.refused(refusal, reason);
        }
        return Set.of();
    }

    private Set<Launch> clearRefusal(Refusal refusal) {
        tracked.refusals().remove(refusal);
        deliveries.clearRefusal(refusal);
        return Set.of();
    }

    private Set<Launch> limit(ManagedLease kept, LeaseAction.Limit limit) {
        ManagedLease limited = kept.given(kept.lease().limited(limit.until()), limit.give());
        tracked.leases().replace(limited);
        trail.lease(
                Kind.LIMITED,
                limited,
                limit.until().map(end -> "its time to live now ends at " + end).orElse("it now ends with its task"));
        return Set.of();
    }

    private Set<Launch> bind(ManagedLease kept, ContainerId container) {
        ManagedLease bound = kept.with(kept.lease().bind(container));
        if (tracked.leases().put(bound)) {
            trail.lease(Kind.BOUND, bound, "bound to its container");
            deliveries.serve(bound.lease());
        }
        return Set.of();
    }

    private Set<Launch> expire(ManagedLease kept, Instant now) {
        if (!(kept.lease().state() instanceof LeaseState.Active active)) {
            return Set.of();
        }
        tracked.sessions().drop(kept.lease().id());
        ManagedLease failed = kept.with(kept.lease().in(active.expire(now)));
        tracked.leases().replace(failed);
        trail.lease(Kind.FAILED, failed, "its session ended before it could be renewed");
        return Set.of(kept.lease().launch());
    }

    private Set<Launch> issue(LeaseAction.Issue issue, Instant now) {
        LeaseState pending = new LeaseState.Pending(
                issue.requestNow()
                        ? "waiting for STS"
                        : "STS issued no session with the same identity for another task");
        Lease lease = lease(issue.key(), issue.give(), issue.container(), pending, 0, now);
        ManagedLease kept = new ManagedLease(lease, Optional.of(issue.give()), false);
        return tracked.leases().put(kept) && issue.requestNow() ? issuance.request(kept, issue.give(), now) : Set.of();
    }

    /**
     * Makes the lease of a session that the host's agent holds under a lease that is not known here: another controller
     * issued it, and was lost before it had written the row.
     *
     * @param possible what may be given to the key. A lease that the key has ends
     */
    void continueHeld(
            LeaseKey key,
            List<DesiredLease.Give> possible,
            Optional<ContainerId> container,
            HeldReport held,
            Instant now) {
        for (DesiredLease.Give give : possible) {
            Optional<Instant> end = held.claim(give.hash(), container, key.name())
                    .map(HeldLease::expiration)
                    .filter(now::isBefore);
            if (end.isPresent()) {
                tracked.leases()
                        .find(key)
                        .ifPresent(former -> reap(
                                former,
                                new LeaseAction.Reap(
                                        former.lease().id(), "its agent holds what policies give instead", false),
                                now));
                LeaseState state = issuance.continued(give, end.get(), now);
                ManagedLease made =
                        new ManagedLease(lease(key, give, container, state, 0, now), Optional.of(give), false);
                if (tracked.leases().put(made)) {
                    trail.lease(
                            Kind.ADOPTED, made, "its agent holds a session of another controller until " + end.get());
                }
                return;
            }
        }
    }

    /**
     * Returns a new lease for what policy gives.
     *
     * @param createdAt when its time to live begins
     */
    private Lease lease(
            LeaseKey key,
            DesiredLease.Give give,
            Optional<ContainerId> container,
            LeaseState state,
            long revision,
            Instant createdAt) {
        return new Lease(
                new LeaseId(ids.get()),
                key,
                give.identity().role(),
                give.policy(),
                give.hash(),
                give.identity().sessionName(),
                tracked.launches()
                        .task(key.launch())
                        .map(LaunchedTask::witnessed)
                        .orElse(false),
                container,
                createdAt,
                give.entitlement().end(createdAt),
                state,
                revision);
    }
}
