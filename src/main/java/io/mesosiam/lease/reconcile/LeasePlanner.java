package io.mesosiam.lease.reconcile;

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
 * Compares what should be with what is. Pure: the same view gives the same plan, and once the plan has been followed, the
 * next one has nothing to do.
 *
 * <p>Only a proven end, a policy's word or a withdrawal ends a lease. That a task is not listed, a Mesos agent
 * unreachable, a master away, or STS unwilling, never does.
 */
final class LeasePlanner {
    private static final Duration RELOOK = Duration.ofSeconds(5);
    private static final String NO_SESSION_FOR_ANOTHER = "the same session just failed for another task";
    private static final String ANOTHER_SESSION = "its policy now gives another session";
    private static final String WITHDRAWN = "the credentials were withdrawn";
    private static final String DIFFERENT = "tasks of one container are given different credentials";

    private final Duration outOfSightLimit;

    /** @param outOfSightLimit how long leases renew on the word of the host's agent alone */
    LeasePlanner(Duration outOfSightLimit) {
        this.outOfSightLimit = outOfSightLimit;
    }

    LeasePlan plan(LaunchView view) {
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

    /** One plan in the making. */
    private final class Plan {
        private final LaunchView view;
        private final ContainerNeighbours neighbours;
        private final List<LeaseAction> actions = new ArrayList<>();

        Plan(LaunchView view) {
            this.view = view;
            this.neighbours = new ContainerNeighbours(view);
        }

        /**
         * Refuses the names that the container used, while it still runs: a container that has ended doesn't ask, and
         * nothing would take the refusal back. A container whose other tasks still run isn't refused anything: it keeps the session if these are
         * given it.
         */
        void ended(CredentialName name, TaskEnd end) {
            Optional<ManagedLease> kept = lease(name);
            Optional<ContainerNeighbours.Heir> heir = kept.flatMap(it -> heir(it.lease()));
            if (heir.isPresent() && !view.host().connected()) {
                // the agent serves the session on, and reports it to the controller that it connects to
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
            boolean told = lease(name).isPresent()
                    || view.asked().contains(name)
                    || view.refusals().containsKey(name);
            boolean asks = view.host().connected() && view.host().alive();
            if (told && asks && view.neighbours().isEmpty()) {
                refuse(name, RefusalCode.ENDED, "the task has ended", "the task has ended");
            } else {
                unrefuse(name);
            }
        }

        /** The task that takes over the session of an ended task's lease; empty if the session is not served, or was withdrawn or is past its time to live. */
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

        /** The reason is for operators; the container learns only that it happened. */
        private void withdrawn(CredentialName name, String reason) {
            end(name, RefusalCode.WITHDRAWN, reason, WITHDRAWN);
        }

        /** A name that no policy mentions is refused once it is asked for. */
        private DesiredLease desired(CredentialName name) {
            if (view.task().isEmpty()) {
                return new DesiredLease.Unready("the cluster state doesn't show the task");
            }
            return Optional.ofNullable(view.desiredLeases().get(name))
                    .orElseGet(() ->
                            new DesiredLease.Refuse(RefusalCode.NO_POLICY, "no policy mentions the name " + name));
        }

        /** That no policy gives it anything concerns only a container that asked, or that had a lease. */
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
         * A conflict takes nothing away: what the container is served stays while a policy still gives the same, also where another task of
         * the container has the lease.
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
            tellWhetherAwsRefuses(name, same.get());
            kept.ifPresent(held -> held(held, same.get()));
        }

        /** What is held stays, unless another task of the container is certainly given something else. */
        private void unready(CredentialName name, DesiredLease.Unready unready) {
            Optional<ManagedLease> kept = lease(name);
            Optional<DesiredLease.Give> last = kept.flatMap(
                    held -> held.under().or(() -> unready.giving(held.lease().identityHash())));
            Optional<ContainerNeighbours.Accord> accord =
                    kept.map(held -> neighbours.accord(name, held.lease().identityHash()));
            boolean different = accord.equals(Optional.of(ContainerNeighbours.Accord.DIFFERENT));
            if (accord.equals(Optional.of(ContainerNeighbours.Accord.WITHDRAWN))) {
                otherTaskWithdrawn(name);
                return;
            }
            if (!different
                    && kept.filter(held -> unready.excludes(held.lease().identityHash()))
                            .isPresent()) {
                unrefuse(name);
                reap(name, ANOTHER_SESSION);
                wait(name, WaitReason.UNDECIDED, unready.reason());
                return;
            }
            if (last.isEmpty()) {
                unrefuse(name);
                if (different) {
                    reap(name, DIFFERENT);
                }
                wait(name, WaitReason.UNDECIDED, unready.reason());
            } else if (different) {
                end(name, RefusalCode.CONFLICT, DIFFERENT, DIFFERENT);
            } else {
                tellWhetherAwsRefuses(name, last.get());
                held(kept.get(), last.get());
            }
        }

        /** Nothing new is issued until all tasks of the container agree on the session; what policy no longer gives ends at once. */
        private void given(CredentialName name, DesiredLease.Give give) {
            Optional<ManagedLease> kept = lease(name);
            ContainerNeighbours.Accord accord = neighbours.accord(name, give);
            if (endedByNeighbour(name, accord)) {
                return;
            }
            boolean same = kept.filter(held -> held.lease().identityHash().equals(give.hash()))
                    .isPresent();
            if (!same && accord == ContainerNeighbours.Accord.OPEN) {
                unrefuse(name);
                reap(name, ANOTHER_SESSION);
                otherTaskUndecided(name);
                return;
            }
            if (servedByOther(name)) {
                return;
            }
            tellWhetherAwsRefuses(name, give);
            if (same) {
                held(kept.get(), give);
            } else {
                reap(name, ANOTHER_SESSION);
                issue(name, give);
            }
        }

        /** {@return whether another task of the container ends what the name has} */
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

        /** A container is refused with the same words for each of its tasks. */
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
                unrefuse(name);
                reap(name, why);
                wait(name, WaitReason.SERVED_BY_OTHER_TASK, why);
            });
            return other.isPresent();
        }

        /**
         * While AWS refuses the session that the name would be served, the container is refused; a session that is held is served until it ends.
         * The refusal stands during the next attempts and is taken back once there is a session.
         */
        private void tellWhetherAwsRefuses(CredentialName name, DesiredLease.Give give) {
            Optional<LeaseState> held = lease(name)
                    .map(ManagedLease::lease)
                    .filter(lease -> lease.identityHash().equals(give.hash()))
                    .map(Lease::state);
            Optional<IssueBackoff.Hold> hold =
                    Optional.ofNullable(view.backoff().get(name));
            Optional<String> refusal = hold.flatMap(IssueBackoff.Hold::refusal)
                    .filter(_ -> held.filter(LeaseState::isServed).isEmpty());
            boolean attempt =
                    hold.isEmpty() && held.filter(state -> !state.isServed()).isPresent();
            if (refusal.isPresent()) {
                refuse(
                        name,
                        RefusalCode.REFUSED_BY_AWS,
                        refusal.get(),
                        "a policy allows it, but AWS refuses the session; the operators can see why");
            } else if (!attempt || !isTold(name, RefusalCode.REFUSED_BY_AWS)) {
                unrefuse(name);
            }
        }

        private boolean isTold(CredentialName name, RefusalCode code) {
            return Optional.ofNullable(view.refusals().get(name))
                    .filter(refusal -> refusal.code() == code)
                    .isPresent();
        }

        private void held(ManagedLease kept, DesiredLease.Give give) {
            Lease lease = kept.lease();
            Optional<Instant> until = give.entitlement().leaseTtl().map(lease.createdAt()::plus);
            if (until.filter(end -> !view.now().isBefore(end)).isPresent()) {
                String why = "its time to live ended";
                actions.add(new LeaseAction.Withdraw(lease.key(), why));
                withdrawn(lease.name(), why);
                return;
            }
            until.ifPresent(end -> wait(lease.name(), WaitReason.TTL, "its time to live ends", Optional.of(end)));
            keep(kept, give);
        }

        /** Keeps a session in a lease that stands. */
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
            if (kept.asking()) {
                return;
            }
            switch (lease.state()) {
                case LeaseState.Active active -> active(lease, active, give);
                case LeaseState.Pending _, LeaseState.Failed _ -> ask(lease, give);
                case LeaseState.Renewing _ -> actions.add(new LeaseAction.Renew(lease.id(), give));
                case LeaseState.Reaped _ -> throw new IllegalArgumentException("not live: " + lease.id());
            }
        }

        /** A container is served a lease once it is bound to it, so binding waits for the container's other tasks as issuing does. */
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
                        Optional.of(earlier(relook(), active.expiration())));
            }
        }

        private void ask(Lease lease, DesiredLease.Give give) {
            Optional<Instant> backoff = backoff(lease.name());
            if (!mayRenew()) {
                wait(lease.name(), WaitReason.OUT_OF_SIGHT, unseen(), Optional.of(relook()));
            } else if (backoff.isPresent()) {
                wait(lease.name(), noSession(lease), noSessionReason(lease), backoff);
            } else {
                actions.add(new LeaseAction.Ask(lease.id(), give));
            }
        }

        private void issue(CredentialName name, DesiredLease.Give give) {
            if (view.outOfSight().isPresent()) {
                wait(name, WaitReason.OUT_OF_SIGHT, unseen());
            } else if (!view.open()) {
                wait(name, WaitReason.JOURNAL, "the journal doesn't keep up", Optional.of(relook()));
            } else if (give.entitlement().prefetch() == Prefetch.ON_ASK
                    && !view.asked().contains(name)) {
                wait(name, WaitReason.NOT_ASKED, "not asked for yet");
            } else {
                boolean ask = backoff(name).isEmpty();
                actions.add(new LeaseAction.Issue(new LeaseKey(view.launch(), name), give, view.container(), ask));
                if (!ask) {
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

        /** The last failure's own reason, which need not be STS's. */
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
            return Optional.ofNullable(view.backoff().get(name)).flatMap(IssueBackoff.Hold::refusal);
        }

        private boolean mayRenew() {
            return view.outOfSight()
                    .map(since -> view.host().alive() && view.now().isBefore(since.plus(outOfSightLimit)))
                    .orElse(true);
        }

        private String unseen() {
            return view.host().alive()
                    ? "the master has no word of the task"
                    : "neither the master nor the host's agent has word of the task";
        }

        private Optional<Instant> backoff(CredentialName name) {
            return Optional.ofNullable(view.backoff().get(name))
                    .map(IssueBackoff.Hold::until)
                    .filter(view.now()::isBefore);
        }

        private Instant relook() {
            return view.now().plus(RELOOK);
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

        /** Only a container can be told; until one is known, there is nothing to say. */
        private void refuse(CredentialName name, RefusalCode code, String reason, String message) {
            Optional<ContainerId> container = view.container();
            Optional<Refusal> told = Optional.ofNullable(view.refusals().get(name));
            Optional<Refusal> wanted =
                    container.map(to -> new Refusal(new LeaseKey(view.launch(), name), to, code, message));
            wanted.filter(refusal -> !told.equals(Optional.of(refusal)))
                    .ifPresent(refusal -> actions.add(new LeaseAction.Refuse(refusal, reason)));
        }

        private void unrefuse(CredentialName name) {
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
