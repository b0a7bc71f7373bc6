package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Prefetch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Compares the desired leases with the existing ones. Pure: the same view gives the same plan. After the plan has been
 * performed, the next plan contains no further actions.
 *
 * <p>Only a proven end, a policy or a withdrawal ends a lease. A task missing from a listing, an unreachable Mesos
 * agent, an unavailable master or a failure of STS does not.
 */
public final class LeasePlanner {
    private static final Duration CHECK_AGAIN = Duration.ofSeconds(5);
    private static final String NO_SESSION_FOR_ANOTHER =
            "STS issued no session with the same identity for another task";
    private static final String ANOTHER_SESSION = "its policy now gives another session";
    private static final String WITHDRAWN = "the credentials were withdrawn";
    private static final String DIFFERENT = "tasks of one container are given different credentials";

    private final Duration outOfSightLimit;

    /** @param outOfSightLimit how long leases are renewed while only the host's agent reports the container */
    public LeasePlanner(Duration outOfSightLimit) {
        this.outOfSightLimit = outOfSightLimit;
    }

    public LeasePlan plan(LaunchView view) {
        Plan plan = new Plan(view);
        names(view).forEach(name -> {
            if (view.end().isPresent()) {
                plan.ended(name, view.end().get());
            } else if (view.host().connected()) {
                plan.running(name);
            } else {
                plan.wait(name, WaitReason.NO_AGENT, "no agent on the host is connected here");
            }
        });
        return new LeasePlan(plan.actions);
    }

    private static SortedSet<CredentialName> names(LaunchView view) {
        SortedSet<CredentialName> names = new TreeSet<>(Comparator.comparing(CredentialName::value));
        names.addAll(view.desiredLeases().keySet());
        names.addAll(view.leases().keySet());
        names.addAll(view.refusals().keySet());
        names.addAll(view.asked());
        return names;
    }

    /** A plan under construction. */
    private final class Plan {
        private final LaunchView view;
        private final ContainerNeighbours neighbours;
        private final List<LeaseAction> actions = new ArrayList<>();

        Plan(LaunchView view) {
            this.view = view;
            this.neighbours = new ContainerNeighbours(view);
        }

        /**
         * Refuses the names that the container used, if the container still runs. A container that has ended sends no
         * requests, and the refusal would never be withdrawn. Nothing is refused while other tasks of the container
         * run; the container keeps the session if these tasks are given the same one.
         */
        void ended(CredentialName name, TaskEnd end) {
            Optional<ManagedLease> kept = lease(name);
            Optional<ContainerNeighbours.Heir> heir = kept.flatMap(it -> heir(it.lease()));
            if (heir.isPresent() && !view.host().connected()) {
                // The agent continues to serve the session, and reports it to the controller that it connects to.
                wait(
                        name,
                        WaitReason.NO_AGENT,
                        "its session is handed over to " + heir.get().launch()
                                + " once an agent on the host is connected here");
                return;
            }
            kept.map(it -> it.lease().id())
                    .map(lease -> heir.<LeaseAction>map(to -> new LeaseAction.HandOver(lease, end.describe(), to))
                            .orElseGet(() -> new LeaseAction.Reap(lease, end.describe(), true)))
                    .ifPresent(actions::add);
            boolean used = lease(name).isPresent()
                    || view.asked().contains(name)
                    || view.refusals().containsKey(name);
            boolean running = view.host().connected() && view.host().alive();
            if (used && running && view.neighbours().isEmpty()) {
                refuse(name, RefusalCode.ENDED, "the task has ended", "the task has ended");
            } else {
                clearRefusal(name);
            }
        }

        /**
         * Returns the task that takes over the session of an ended task's lease; empty if the session is not served,
         * was withdrawn or is past its time to live.
         */
        private Optional<ContainerNeighbours.Heir> heir(Lease lease) {
            boolean good = lease.container().isPresent()
                    && lease.state().servedUntil().filter(view.now()::isBefore).isPresent()
                    && !view.notServed().containsKey(lease.name());
            boolean over =
                    lease.until().filter(end -> !view.now().isBefore(end)).isPresent()
                            || view.withdrawals().stream().anyMatch(one -> one.covers(lease.key()));
            return good && !over ? neighbours.heir(lease.name(), lease.identityHash()) : Optional.empty();
        }

        void running(CredentialName name) {
            LeaseKey key = new LeaseKey(view.launch(), name);
            Optional<Withdrawal> withdrawal =
                    view.withdrawals().stream().filter(one -> one.covers(key)).findFirst();
            if (withdrawal.isPresent()) {
                withdrawn(name, withdrawal.get().reason());
                return;
            }
            switch (desired(name)) {
                case DesiredLease.Withdrawn withdrawn ->
                    withdrawn(name, withdrawn.by().reason());
                case DesiredLease.Refuse no -> refused(name, no);
                case DesiredLease.Impossible no -> impossible(name, no);
                case DesiredLease.Unready unready -> unready(name, unready);
                case DesiredLease.Conflicting conflict -> conflicting(name, conflict);
                case DesiredLease.Give give -> given(name, give);
            }
        }

        /** @param reason for operators; the container only learns that the credentials were withdrawn */
        private void withdrawn(CredentialName name, String reason) {
            end(name, RefusalCode.WITHDRAWN, reason, WITHDRAWN);
        }

        /** A name that no policy mentions is refused when it is requested. */
        private DesiredLease desired(CredentialName name) {
            if (view.task().isEmpty()) {
                return new DesiredLease.Unready("the cluster state doesn't show the task");
            }
            return Optional.ofNullable(view.desiredLeases().get(name))
                    .orElseGet(() ->
                            new DesiredLease.Refuse(RefusalCode.NO_POLICY, "no policy mentions the name " + name));
        }

        /** Without a matching policy, only a container that requested the name or had a lease gets a refusal. */
        private void refused(CredentialName name, DesiredLease.Refuse no) {
            boolean concerned = no.code() != RefusalCode.NO_POLICY
                    || view.asked().contains(name)
                    || view.refusals().containsKey(name)
                    || lease(name).isPresent();
            if (concerned) {
                end(name, no.code(), no.message(), no.message());
            }
        }

        private void impossible(CredentialName name, DesiredLease.Impossible no) {
            end(
                    name,
                    RefusalCode.SESSION_IMPOSSIBLE,
                    no.reason(),
                    "a policy allows it, but no AWS session can be made for this task; the operators can see why");
            wait(name, WaitReason.SESSION_IMPOSSIBLE, no.reason());
        }

        /**
         * A conflict ends no lease: the container keeps its session while one of the policies gives the same one, also
         * if another task of the container has the lease.
         */
        private void conflicting(CredentialName name, DesiredLease.Conflicting conflict) {
            Optional<ManagedLease> kept = lease(name);
            Optional<DesiredLease.Give> same = kept.map(held -> held.lease().identityHash())
                    .or(() -> neighbours.boundIdentity(name))
                    .flatMap(conflict::giving);
            if (same.isEmpty()) {
                end(name, RefusalCode.CONFLICT, conflict.message(), conflict.message());
                return;
            }
            if (endedByNeighbour(name, neighbours.accord(name, same.get()))) {
                return;
            }
            wait(name, WaitReason.CONFLICT, "the lease is kept although " + conflict.message());
            if (servedByOther(name)) {
                return;
            }
            refuseIfAwsRefuses(name, same.get());
            kept.ifPresent(held -> held(held, same.get()));
        }

        /** Keeps the existing lease, unless another task of the container is definitely given another session. */
        private void unready(CredentialName name, DesiredLease.Unready unready) {
            lease(name).ifPresentOrElse(kept -> unready(name, unready, kept), () -> {
                clearRefusal(name);
                wait(name, WaitReason.UNDECIDED, unready.reason());
            });
        }

        private void unready(CredentialName name, DesiredLease.Unready unready, ManagedLease kept) {
            Lease lease = kept.lease();
            ContainerNeighbours.Accord accord = neighbours.accord(name, lease.identityHash());
            if (accord == ContainerNeighbours.Accord.WITHDRAWN) {
                otherTaskWithdrawn(name);
                return;
            }
            boolean different = accord == ContainerNeighbours.Accord.DIFFERENT;
            if (!different && unready.excludes(lease.identityHash())) {
                clearRefusal(name);
                reap(name, ANOTHER_SESSION);
                wait(name, WaitReason.UNDECIDED, unready.reason());
                return;
            }
            Optional<DesiredLease.Give> last = kept.under().or(() -> unready.giving(lease.identityHash()));
            if (last.isPresent() && different) {
                end(name, RefusalCode.CONFLICT, DIFFERENT, DIFFERENT);
            } else if (last.isPresent()) {
                refuseIfAwsRefuses(name, last.get());
                held(kept, last.get());
            } else if (!endedByTimeToLive(lease, lease.until())) {
                clearRefusal(name);
                if (different) {
                    reap(name, DIFFERENT);
                }
                wait(name, WaitReason.UNDECIDED, unready.reason());
            }
        }

        /**
         * Issues no new session until all tasks of the container agree on it. A session that policy no longer gives
         * ends at once.
         */
        private void given(CredentialName name, DesiredLease.Give give) {
            Optional<ManagedLease> kept = lease(name);
            ContainerNeighbours.Accord accord = neighbours.accord(name, give);
            if (endedByNeighbour(name, accord)) {
                return;
            }
            boolean same = kept.filter(held -> held.lease().identityHash().equals(give.hash()))
                    .isPresent();
            if (!same && accord == ContainerNeighbours.Accord.OPEN) {
                clearRefusal(name);
                reap(name, ANOTHER_SESSION);
                otherTaskUndecided(name);
                return;
            }
            if (servedByOther(name)) {
                return;
            }
            refuseIfAwsRefuses(name, give);
            if (same) {
                held(kept.get(), give);
            } else {
                reap(name, ANOTHER_SESSION);
                issue(name, give);
            }
        }

        /** {@return whether another task of the container ends the lease of the name} */
        private boolean endedByNeighbour(CredentialName name, ContainerNeighbours.Accord accord) {
            return switch (accord) {
                case AGREED, OPEN -> false;
                case DIFFERENT -> {
                    end(name, RefusalCode.CONFLICT, DIFFERENT, DIFFERENT);
                    yield true;
                }
                case WITHDRAWN -> {
                    otherTaskWithdrawn(name);
                    yield true;
                }
            };
        }

        /** Refuses the name with the same message for each task of the container. */
        private void otherTaskWithdrawn(CredentialName name) {
            String why = neighbours.withdrawn(name).orElseThrow().describe();
            lease(name)
                    .ifPresent(kept ->
                            actions.add(new LeaseAction.Reap(kept.lease().id(), why, false, Optional.of(why))));
            refuse(name, RefusalCode.WITHDRAWN, why, WITHDRAWN);
            wait(name, WaitReason.OTHER_TASK_WITHDRAWN, why);
        }

        private boolean servedByOther(CredentialName name) {
            Optional<Launch> other = neighbours.servedBy(name).filter(server -> !server.equals(view.launch()));
            other.ifPresent(server -> {
                String why = "served by " + server + " in the same container";
                clearRefusal(name);
                reap(name, why);
                wait(name, WaitReason.SERVED_BY_OTHER_TASK, why);
            });
            return other.isPresent();
        }

        /**
         * Refuses the name while AWS refuses its session. A session that exists is served until it ends. The refusal
         * stays during further attempts and is withdrawn once a session has been issued.
         */
        private void refuseIfAwsRefuses(CredentialName name, DesiredLease.Give give) {
            Optional<LeaseState> held = lease(name)
                    .map(ManagedLease::lease)
                    .filter(lease -> lease.identityHash().equals(give.hash()))
                    .map(Lease::state);
            Optional<SessionBackoff> hold =
                    Optional.ofNullable(view.backoff().get(name));
            Optional<String> refusal = hold.flatMap(SessionBackoff::refusal)
                    .filter(_ -> held.filter(LeaseState::isServed).isEmpty());
            boolean attempt =
                    hold.isEmpty() && held.filter(state -> !state.isServed()).isPresent();
            if (refusal.isPresent()) {
                refuse(
                        name,
                        RefusalCode.REFUSED_BY_AWS,
                        refusal.get(),
                        "a policy allows it, but AWS refuses the session; the operators can see why");
            } else if (!attempt || !isRefusedAs(name, RefusalCode.REFUSED_BY_AWS)) {
                clearRefusal(name);
            }
        }

        private boolean isRefusedAs(CredentialName name, RefusalCode code) {
            return Optional.ofNullable(view.refusals().get(name))
                    .filter(refusal -> refusal.code() == code)
                    .isPresent();
        }

        private void held(ManagedLease kept, DesiredLease.Give give) {
            Lease lease = kept.lease();
            Optional<Instant> until = give.entitlement().leaseTtl().map(lease.createdAt()::plus);
            if (!endedByTimeToLive(lease, until)) {
                keep(kept, give);
            }
        }

        /** Withdraws a lease whose time to live has ended, and returns true; otherwise waits for that time. */
        private boolean endedByTimeToLive(Lease lease, Optional<Instant> until) {
            if (until.filter(end -> !view.now().isBefore(end)).isPresent()) {
                String why = "its time to live ended";
                actions.add(new LeaseAction.Withdraw(lease.key(), why));
                withdrawn(lease.name(), why);
                return true;
            }
            until.ifPresent(end -> wait(lease.name(), WaitReason.TTL, "its time to live ends", Optional.of(end)));
            return false;
        }

        /** Requests, renews or expires the session of a lease that is kept. */
        private void keep(ManagedLease kept, DesiredLease.Give give) {
            Lease lease = kept.lease();
            if (lease.container().isEmpty()) {
                bind(lease, give);
            }
            if (lease.state().isServed()) {
                Optional.ofNullable(view.notServed().get(lease.name()))
                        .ifPresent(why -> actions.addFirst(
                                new LeaseAction.Wait(lease.name(), WaitReason.NOT_SERVED, why, Optional.empty())));
            }
            if (kept.requesting()) {
                return;
            }
            switch (lease.state()) {
                case LeaseState.Active active -> active(lease, active, give);
                case LeaseState.Pending _, LeaseState.Failed _ -> request(lease, give);
                case LeaseState.Renewing _ -> actions.add(new LeaseAction.Renew(lease.id(), give));
                case LeaseState.Reaped _ -> throw new IllegalArgumentException("not live: " + lease.id());
            }
        }

        /**
         * A bound lease is served to its container, so binding waits for the container's other tasks, as issuing does.
         */
        private void bind(Lease lease, DesiredLease.Give give) {
            if (neighbours.accord(lease.name(), give) == ContainerNeighbours.Accord.OPEN) {
                otherTaskUndecided(lease.name());
            } else {
                view.container().ifPresent(container -> actions.add(new LeaseAction.Bind(lease.id(), container)));
            }
        }

        private void otherTaskUndecided(CredentialName name) {
            wait(name, WaitReason.OTHER_TASK_UNDECIDED, "another task of its container can't be decided yet");
        }

        private void active(Lease lease, LeaseState.Active active, DesiredLease.Give give) {
            if (!view.now().isBefore(active.expiration())) {
                actions.add(new LeaseAction.Expire(lease.id()));
            } else if (view.now().isBefore(active.renewAt())) {
                wait(
                        lease.name(),
                        WaitReason.RENEWAL,
                        "the lease is served and is renewed at that time",
                        Optional.of(earlier(active.renewAt(), active.expiration())));
            } else if (mayRenew()) {
                actions.add(new LeaseAction.Renew(lease.id(), give));
            } else {
                wait(
                        lease.name(),
                        WaitReason.OUT_OF_SIGHT,
                        unseen(),
                        Optional.of(earlier(nextCheck(), active.expiration())));
            }
        }

        private void request(Lease lease, DesiredLease.Give give) {
            Optional<Instant> backoff = backoff(lease.name());
            if (!mayRenew()) {
                wait(lease.name(), WaitReason.OUT_OF_SIGHT, unseen(), Optional.of(nextCheck()));
            } else if (backoff.isPresent()) {
                wait(lease.name(), noSession(lease), noSessionReason(lease), backoff);
            } else {
                actions.add(new LeaseAction.Request(lease.id(), give));
            }
        }

        private void issue(CredentialName name, DesiredLease.Give give) {
            if (view.outOfSight().isPresent()) {
                wait(name, WaitReason.OUT_OF_SIGHT, unseen());
            } else if (!view.open()) {
                wait(name, WaitReason.JOURNAL, "the journal doesn't keep up", Optional.of(nextCheck()));
            } else if (give.entitlement().prefetch() == Prefetch.ON_ASK
                    && !view.asked().contains(name)) {
                wait(name, WaitReason.NOT_ASKED, "not requested yet");
            } else {
                boolean requestNow = backoff(name).isEmpty();
                actions.add(
                        new LeaseAction.Issue(new LeaseKey(view.launch(), name), give, view.container(), requestNow));
                if (!requestNow) {
                    wait(name, WaitReason.SAME_SESSION_FAILED, noSessionForAnother(name), backoff(name));
                }
            }
        }

        private WaitReason noSession(Lease lease) {
            if (lease.state() instanceof LeaseState.Failed) {
                return awsRefusal(lease.name()).isPresent() ? WaitReason.REFUSED_BY_AWS : WaitReason.NO_SESSION;
            }
            return WaitReason.SAME_SESSION_FAILED;
        }

        /** The reason of the last failure, which is not always STS's. */
        private String noSessionReason(Lease lease) {
            return lease.state() instanceof LeaseState.Failed failed
                    ? failed.reason()
                    : noSessionForAnother(lease.name());
        }

        private String noSessionForAnother(CredentialName name) {
            return awsRefusal(name)
                    .map(reason -> NO_SESSION_FOR_ANOTHER + ": " + reason)
                    .orElse(NO_SESSION_FOR_ANOTHER);
        }

        private Optional<String> awsRefusal(CredentialName name) {
            return Optional.ofNullable(view.backoff().get(name)).flatMap(SessionBackoff::refusal);
        }

        private boolean mayRenew() {
            return view.outOfSight()
                    .map(since -> view.host().alive() && view.now().isBefore(since.plus(outOfSightLimit)))
                    .orElse(true);
        }

        private String unseen() {
            return view.host().alive()
                    ? "the master doesn't report the task"
                    : "neither the master nor the host's agent reports the task";
        }

        private Optional<Instant> backoff(CredentialName name) {
            return Optional.ofNullable(view.backoff().get(name))
                    .map(SessionBackoff::until)
                    .filter(view.now()::isBefore);
        }

        private Instant nextCheck() {
            return view.now().plus(CHECK_AGAIN);
        }

        private Optional<ManagedLease> lease(CredentialName name) {
            return Optional.ofNullable(view.leases().get(name));
        }

        private void end(CredentialName name, RefusalCode code, String reason, String message) {
            reap(name, reason);
            refuse(name, code, reason, message);
        }

        private void reap(CredentialName name, String reason) {
            lease(name)
                    .ifPresent(kept ->
                            actions.add(new LeaseAction.Reap(kept.lease().id(), reason, false)));
        }

        /**
         * Refuses a name. A refusal is addressed to a container, so nothing happens while the container is not known.
         */
        private void refuse(CredentialName name, RefusalCode code, String reason, String message) {
            Optional<ContainerId> container = view.container();
            Optional<Refusal> current = Optional.ofNullable(view.refusals().get(name));
            Optional<Refusal> wanted =
                    container.map(to -> new Refusal(new LeaseKey(view.launch(), name), to, code, message));
            wanted.filter(refusal -> !current.equals(Optional.of(refusal)))
                    .ifPresent(refusal -> actions.add(new LeaseAction.Refuse(refusal, reason)));
        }

        private void clearRefusal(CredentialName name) {
            Optional.ofNullable(view.refusals().get(name))
                    .ifPresent(refusal -> actions.add(new LeaseAction.ClearRefusal(refusal)));
        }

        void wait(CredentialName name, WaitReason why, String reason) {
            wait(name, why, reason, Optional.empty());
        }

        private void wait(CredentialName name, WaitReason why, String reason, Optional<Instant> until) {
            actions.add(new LeaseAction.Wait(name, why, reason, until));
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
