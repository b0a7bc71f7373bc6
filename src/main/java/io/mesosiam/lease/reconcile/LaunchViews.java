package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers what a plan rests on. */
final class LaunchViews {
    private final Memory memory;
    private final Decider decider;
    private final SessionSource source;
    private final Journal journal;

    LaunchViews(Memory memory, Decider decider, SessionSource source, Journal journal) {
        this.memory = memory;
        this.decider = decider;
        this.source = source;
        this.journal = journal;
    }

    LaunchView of(Launch launch, Instant now) {
        Optional<LaunchedTask> task = memory.launches().task(launch);
        Map<CredentialName, Wish> wishes = wishes(launch);
        Map<CredentialName, KeptLease> leases = memory.leases().of(launch);
        return new LaunchView(
                launch,
                task,
                memory.launches().end(launch),
                wishes,
                leases,
                memory.refusals().of(launch),
                task.flatMap(known -> known.task().container())
                        .map(container -> memory.hosts().asks(host(launch), container))
                        .orElse(Set.of()),
                memory.withdrawals().of(launch),
                heldBack(wishes, leases),
                notServed(leases),
                neighbours(launch),
                new LaunchView.Host(memory.hosts().isConnected(host(launch)), isAlive(launch, task, leases)),
                memory.launches().outOfSight(launch, now),
                journal.isOpen(),
                now);
    }

    private Map<CredentialName, Wish> wishes(Launch launch) {
        Optional<ClusterState> state = memory.launches().state();
        Optional<LaunchedTask> running = memory.launches()
                .task(launch)
                .filter(_ -> memory.launches().end(launch).isEmpty());
        if (state.isEmpty() || running.isEmpty()) {
            return Map.of();
        }
        boolean flagsKnown = state.get().enforcement().known();
        Map<CredentialName, Wish> wishes = new HashMap<>();
        decider.decide(Subject.of(running.get(), state.get()))
                .forEach((name, decision) ->
                        wishes.put(name, Wish.of(decision, name, running.get(), flagsKnown, source)));
        return wishes;
    }

    private Map<CredentialName, HeldBack.Hold> heldBack(
            Map<CredentialName, Wish> wishes, Map<CredentialName, KeptLease> leases) {
        Map<CredentialName, HeldBack.Hold> holds = new HashMap<>();
        leases.forEach((name, kept) ->
                memory.heldBack().hold(kept.lease().identityHash()).ifPresent(hold -> holds.put(name, hold)));
        wishes.forEach((name, wish) -> {
            if (wish instanceof Wish.Give give) {
                memory.heldBack()
                        .hold(give.hash())
                        .ifPresentOrElse(hold -> holds.put(name, hold), () -> holds.remove(name));
            }
        });
        return holds;
    }

    private Map<CredentialName, String> notServed(Map<CredentialName, KeptLease> leases) {
        Map<CredentialName, String> reasons = new HashMap<>();
        leases.forEach((name, kept) -> memory.hosts()
                .notServed(kept.lease().host(), kept.lease().id(), kept.lease().revision())
                .ifPresent(reason -> reasons.put(name, reason)));
        return reasons;
    }

    private List<LaunchView.Neighbour> neighbours(Launch launch) {
        return memory.launches().neighbours(launch).stream()
                .filter(other -> memory.launches().end(other).isEmpty())
                .map(other -> new LaunchView.Neighbour(
                        other,
                        memory.launches().task(other).isPresent(),
                        notWithdrawn(other, wishes(other)),
                        bound(other)))
                .toList();
    }

    /** A withdrawal stands above policy: a container that one task's credentials were withdrawn from is served no other task's. */
    private Map<CredentialName, Wish> notWithdrawn(Launch launch, Map<CredentialName, Wish> wishes) {
        List<Withdrawal> withdrawals = memory.withdrawals().of(launch);
        Map<CredentialName, Wish> standing = new HashMap<>(wishes);
        standing.replaceAll((name, wish) -> withdrawals.stream()
                .filter(one -> one.covers(new LeaseKey(launch, name)))
                .findFirst()
                .<Wish>map(Wish.Withdrawn::new)
                .orElse(wish));
        return standing;
    }

    private Map<CredentialName, String> bound(Launch launch) {
        return memory.leases().of(launch).values().stream()
                .map(KeptLease::lease)
                .filter(lease -> lease.container().isPresent())
                .collect(Collectors.toMap(Lease::name, Lease::identityHash));
    }

    private boolean isAlive(Launch launch, Optional<LaunchedTask> task, Map<CredentialName, KeptLease> leases) {
        Optional<ContainerId> container = task.flatMap(known -> known.task().container())
                .or(() -> leases.values().stream()
                        .flatMap(kept -> kept.lease().container().stream())
                        .findFirst());
        return container.filter(id -> memory.hosts().isAlive(host(launch), id)).isPresent();
    }

    private static MesosAgentId host(Launch launch) {
        return launch.key().agent();
    }
}
