package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.plan.NameOutcome;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The launches of one container under one set of policies: the planner's plans are performed on copies of their views,
 * until no plan changes anything. Sessions are not requested: a lease that is issued has none. Not thread-safe.
 */
final class SettledContainer {
    /** More than any sequence of ended and issued leases of one container needs. */
    private static final int MOST_ROUNDS = 64;

    private final LeasePlanner planner;
    private final Map<Launch, Map<CredentialName, DesiredLease>> desired;
    private final Map<Launch, LaunchView> views = new LinkedHashMap<>();
    /** What the rules make of each launch, by its last view. */
    private final Map<Launch, Planned> planned = new HashMap<>();

    private boolean changed;

    /** The outcomes of a launch's names, and the view that they follow from. */
    private record Planned(LaunchView view, Map<CredentialName, NameOutcome> outcomes) {}

    /**
     * @param facts the running launches of the container, without decisions
     * @param desired what the policies give each of them
     */
    SettledContainer(
            LeasePlanner planner, List<LaunchView> facts, Map<Launch, Map<CredentialName, DesiredLease>> desired) {
        this.planner = planner;
        this.desired = desired;
        facts.forEach(view -> views.put(view.launch(), connected(view)));
        int rounds = 0;
        do {
            changed = false;
            List.copyOf(views.keySet()).forEach(this::plan);
        } while (changed && ++rounds < MOST_ROUNDS);
        if (changed) {
            views.keySet().forEach(this::outcomes);
        }
    }

    /** The rules apply wherever the host's agent is connected. */
    private static LaunchView connected(LaunchView facts) {
        return facts.at(new LaunchView.Host(
                true,
                facts.host().alive(),
                facts.host().misplaced(),
                facts.host().full()));
    }

    /** The situation of each of the launch's names. */
    Map<CredentialName, Standing> standings(Launch launch) {
        Planned last = Optional.ofNullable(planned.get(launch)).orElseThrow();
        Map<CredentialName, Standing> standings = new LinkedHashMap<>();
        last.outcomes().forEach((name, outcome) -> standings.put(name, Standing.of(last.view(), name, outcome)));
        return standings;
    }

    /** The live leases of all launches. */
    Set<LeaseId> leases() {
        Set<LeaseId> ids = new HashSet<>();
        views.values().forEach(view -> view.leases()
                .values()
                .forEach(kept -> ids.add(kept.lease().id())));
        return ids;
    }

    private void plan(Launch launch) {
        Planned next = outcomes(launch);
        planner.plan(next.view(), next.outcomes()).actions().forEach(action -> perform(launch, action));
    }

    private Planned outcomes(Launch launch) {
        LaunchView view = view(launch);
        Planned next = new Planned(view, planner.outcomes(view));
        planned.put(launch, next);
        return next;
    }

    private LaunchView view(Launch launch) {
        LaunchView facts = facts(launch);
        Map<CredentialName, DesiredLease> own = desired.getOrDefault(launch, Map.of());
        if (views.size() == 1) {
            return facts.decided(own, Map.of(), List.of());
        }
        if (views.size() > LaunchView.MOST_IN_CONTAINER) {
            return facts.decided(own, Map.of(), List.of(LaunchView.Neighbour.ofTooMany(launch)));
        }
        Set<CredentialName> names = new HashSet<>(own.keySet());
        names.addAll(facts.leases().keySet());
        List<LaunchView.Neighbour> others = new ArrayList<>();
        views.forEach((other, view) -> {
            if (!other.equals(launch)) {
                others.add(LaunchView.Neighbour.of(
                        other,
                        view.task().isPresent(),
                        desired.getOrDefault(other, Map.of()),
                        view.withdrawals(),
                        view.leases(),
                        names));
            }
        });
        return facts.decided(own, Map.of(), others);
    }

    private void perform(Launch launch, LeaseAction action) {
        switch (action) {
            case LeaseAction.Withdraw withdraw -> withdraw(launch, Withdrawal.of(withdraw.key(), withdraw.reason()));
            case LeaseAction.Reap reap -> with(launch, reap.lease(), Optional.empty());
            case LeaseAction.Refuse refuse -> refuse(launch, refuse.refusal());
            case LeaseAction.ClearRefusal clear -> clear(launch, clear.refusal());
            case LeaseAction.Limit limit ->
                find(launch, limit.lease())
                        .ifPresent(kept -> with(
                                launch,
                                limit.lease(),
                                Optional.of(kept.given(kept.lease().limited(limit.until()), limit.give()))));
            case LeaseAction.Bind bind ->
                find(launch, bind.lease())
                        .map(kept -> kept.with(kept.lease().bind(bind.container())))
                        .filter(bound -> isFree(launch, bound.lease()))
                        .ifPresent(bound -> with(launch, bind.lease(), Optional.of(bound)));
            case LeaseAction.Issue issue -> issue(launch, issue);
            // concern sessions, ended tasks, rows of grants, or nothing
            case LeaseAction.HandOver _,
                    LeaseAction.BindGrant _,
                    LeaseAction.SuspendGrant _,
                    LeaseAction.Expire _,
                    LeaseAction.Request _,
                    LeaseAction.Renew _,
                    LeaseAction.Wait _ -> {}
        }
    }

    private void issue(Launch launch, LeaseAction.Issue issue) {
        LaunchView facts = facts(launch);
        DesiredLease.Give give = issue.give();
        Lease lease = new Lease(
                id(issue),
                issue.key(),
                give.identity().role(),
                give.policy(),
                give.hash(),
                give.identity().sessionName(),
                facts.task().map(task -> task.witnessed()).orElse(false),
                issue.container(),
                facts.now(),
                give.entitlement().end(facts.now()),
                new LeaseState.Pending("waiting for STS"),
                0);
        if (isFree(launch, lease)) {
            put(launch, new ManagedLease(lease, Optional.of(give), true));
        }
    }

    /** An id that no existing lease has: those are random. */
    private static LeaseId id(LeaseAction.Issue issue) {
        String text = issue.key() + " " + issue.give().hash();
        return new LeaseId(UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether no other lease has the lease's name in its container, or its key. */
    private boolean isFree(Launch launch, Lease lease) {
        return views.entrySet().stream()
                .flatMap(entry -> Optional.ofNullable(entry.getValue().leases().get(lease.name()))
                        .filter(kept -> entry.getKey().equals(launch)
                                || (lease.container().isPresent()
                                        && lease.container().equals(kept.lease().container())))
                        .stream())
                .allMatch(kept -> kept.lease().id().equals(lease.id()));
    }

    private Optional<ManagedLease> find(Launch launch, LeaseId id) {
        return facts(launch).leases().values().stream()
                .filter(kept -> kept.lease().id().equals(id))
                .findFirst();
    }

    private void put(Launch launch, ManagedLease kept) {
        Map<CredentialName, ManagedLease> leases = new HashMap<>(facts(launch).leases());
        leases.put(kept.lease().name(), kept);
        replace(facts(launch)
                .holding(leases, facts(launch).refusals(), facts(launch).withdrawals()));
    }

    /** Replaces a lease by its next state, or removes it. */
    private void with(Launch launch, LeaseId id, Optional<ManagedLease> next) {
        Map<CredentialName, ManagedLease> leases = new HashMap<>(facts(launch).leases());
        leases.values().removeIf(kept -> kept.lease().id().equals(id));
        next.ifPresent(kept -> leases.put(kept.lease().name(), kept));
        replace(facts(launch)
                .holding(leases, facts(launch).refusals(), facts(launch).withdrawals()));
    }

    private void withdraw(Launch launch, Withdrawal withdrawal) {
        List<Withdrawal> all = new ArrayList<>(facts(launch).withdrawals());
        if (!all.contains(withdrawal)) {
            all.add(withdrawal);
            replace(facts(launch).holding(facts(launch).leases(), facts(launch).refusals(), all));
        }
    }

    private void refuse(Launch launch, Refusal refusal) {
        Map<CredentialName, Refusal> refusals = new HashMap<>(facts(launch).refusals());
        refusals.put(refusal.key().name(), refusal);
        replace(facts(launch)
                .holding(facts(launch).leases(), refusals, facts(launch).withdrawals()));
    }

    private void clear(Launch launch, Refusal refusal) {
        Map<CredentialName, Refusal> refusals = new HashMap<>(facts(launch).refusals());
        refusals.remove(refusal.key().name());
        replace(facts(launch)
                .holding(facts(launch).leases(), refusals, facts(launch).withdrawals()));
    }

    private LaunchView facts(Launch launch) {
        return Optional.ofNullable(views.get(launch)).orElseThrow();
    }

    private void replace(LaunchView view) {
        views.put(view.launch(), view);
        changed = true;
    }
}
