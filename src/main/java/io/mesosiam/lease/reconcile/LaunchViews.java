package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.plan.SessionBackoff;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds the input of plans. */
final class LaunchViews {
    /**
     * The most leases of a host for containers that its agent doesn't report. An executor can state any containers for its tasks,
     * and the agent keeps all leases and states them when it connects.
     */
    private static final int MOST_UNREPORTED = 1024;

    private final ReconcilerState tracked;
    private final Decider decider;
    private final SessionSource source;
    private final BooleanSupplier open;

    /** @param open whether new leases may be issued */
    LaunchViews(ReconcilerState tracked, Decider decider, SessionSource source, BooleanSupplier open) {
        this.tracked = tracked;
        this.decider = decider;
        this.source = source;
        this.open = open;
    }

    LaunchView of(Launch launch, Instant now) {
        LaunchView facts = facts(launch, now);
        Optional<Subject> subject = subject(facts.task(), facts.end());
        Map<CredentialName, DesiredLease> desiredLeases =
                desiredLeases(subject, facts.task(), facts.end(), facts.leases());
        return facts.contesting(subject.map(decider::contested).orElse(Set.of()))
                .decided(
                        desiredLeases,
                        backoff(desiredLeases, facts.leases(), now),
                        neighbours(launch, names(desiredLeases, facts.leases())));
    }

    /** A running launch that the cluster state shows, as the input of a decision. */
    private Optional<Subject> subject(Optional<LaunchedTask> task, Optional<TaskEnd> end) {
        return task.filter(_ -> end.isEmpty())
                .flatMap(shown -> tracked.launches().state().map(state -> Subject.of(shown, state)));
    }

    /** Everything of a launch but what policies give it and its neighbours. */
    LaunchView facts(Launch launch, Instant now) {
        Optional<LaunchedTask> task = tracked.launches().task(launch);
        Map<CredentialName, ManagedLease> leases = tracked.leases().of(launch);
        return new LaunchView(
                launch,
                task,
                tracked.launches().end(launch, task),
                Map.of(),
                Set.of(),
                leases,
                tracked.refusals().of(launch),
                task.flatMap(known -> known.task().container())
                        .map(container -> tracked.hosts().requests(host(launch), container))
                        .orElse(Set.of()),
                tracked.withdrawals().of(launch),
                Map.of(),
                notServed(leases),
                List.of(),
                host(launch, task, leases),
                tracked.launches().outOfSight(launch, now),
                open.getAsBoolean(),
                now);
    }

    private LaunchView.Host host(Launch launch, Optional<LaunchedTask> task, Map<CredentialName, ManagedLease> leases) {
        boolean alive = isAlive(launch, task, leases);
        return new LaunchView.Host(
                tracked.hosts().isConnected(host(launch)),
                alive,
                tracked.launches().isMisplaced(launch) && !isServedElsewhere(task, leases),
                !alive && leases.isEmpty() && tracked.hasManyUnreported(host(launch), MOST_UNREPORTED));
    }

    /** Another controller may have bound a lease of the task to its own container, before this one learns of that. */
    private boolean isServedElsewhere(Optional<LaunchedTask> task, Map<CredentialName, ManagedLease> leases) {
        return task.filter(shown -> leases.values().stream()
                        .flatMap(kept -> kept.lease().container().stream())
                        .anyMatch(bound -> tracked.hosts().mayRun(shown.task(), bound)))
                .isPresent();
    }

    /** Whether policies give a launch a session that its container doesn't have under the lease of another of its tasks. */
    boolean isUnserved(Launch launch) {
        Map<CredentialName, String> bound = new HashMap<>();
        tracked.launches().container(launch).stream()
                .flatMap(container -> tracked.leases().in(host(launch), container).stream())
                .forEach(kept -> bound.put(kept.lease().name(), kept.lease().identityHash()));
        Optional<LaunchedTask> task = tracked.launches().task(launch);
        return decided(subject(task, tracked.launches().end(launch, task)), task).entrySet().stream()
                .anyMatch(each -> each.getValue() instanceof DesiredLease.Give give
                        && !give.hash().equals(bound.get(each.getKey())));
    }

    /** Whatever isn't decided, the lease of a launch grant that is over is not kept. */
    private Map<CredentialName, DesiredLease> desiredLeases(
            Optional<Subject> subject,
            Optional<LaunchedTask> task,
            Optional<TaskEnd> end,
            Map<CredentialName, ManagedLease> leases) {
        Map<CredentialName, DesiredLease> desired = new HashMap<>(decided(subject, task));
        if (end.isEmpty()) {
            leases.forEach((name, kept) -> decider.over(kept.lease().policy())
                    .flatMap(_ -> DesiredLease.afterGrant(Optional.ofNullable(desired.get(name)), task.isPresent()))
                    .ifPresent(after -> desired.put(name, after)));
        }
        return desired;
    }

    private Map<CredentialName, DesiredLease> decided(Optional<Subject> subject, Optional<LaunchedTask> task) {
        return subject.isEmpty()
                ? Map.of()
                : DesiredLease.of(
                        decider.decide(subject.get()),
                        task.orElseThrow(),
                        subject.get().enforcement().known(),
                        source);
    }

    private Map<CredentialName, SessionBackoff> backoff(
            Map<CredentialName, DesiredLease> desiredLeases, Map<CredentialName, ManagedLease> leases, Instant now) {
        Map<CredentialName, SessionBackoff> holds = new HashMap<>();
        leases.forEach((name, kept) ->
                tracked.backoff().hold(kept.lease().identityHash(), now).ifPresent(hold -> holds.put(name, hold)));
        desiredLeases.forEach((name, desired) -> {
            if (desired instanceof DesiredLease.Give give) {
                tracked.backoff()
                        .hold(give.hash(), now)
                        .ifPresentOrElse(hold -> holds.put(name, hold), () -> holds.remove(name));
            }
        });
        return holds;
    }

    private Map<CredentialName, String> notServed(Map<CredentialName, ManagedLease> leases) {
        Map<CredentialName, String> reasons = new HashMap<>();
        leases.forEach((name, kept) -> tracked.hosts()
                .notServed(kept.lease().host(), kept.lease().id(), kept.lease().revision())
                .ifPresent(reason -> reasons.put(name, reason)));
        return reasons;
    }

    private static Set<CredentialName> names(
            Map<CredentialName, DesiredLease> desiredLeases, Map<CredentialName, ManagedLease> leases) {
        return Stream.concat(desiredLeases.keySet().stream(), leases.keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<LaunchView.Neighbour> neighbours(Launch launch, Set<CredentialName> names) {
        if (tracked.launches().hasMoreInItsContainer(launch, LaunchView.MOST_IN_CONTAINER)) {
            return List.of(LaunchView.Neighbour.ofTooMany(launch));
        }
        return tracked.launches().neighbours(launch).stream()
                .flatMap(other -> neighbour(other, names).stream())
                .toList();
    }

    private Optional<LaunchView.Neighbour> neighbour(Launch other, Set<CredentialName> names) {
        Optional<LaunchedTask> task = tracked.launches().task(other);
        Optional<TaskEnd> end = tracked.launches().end(other, task);
        if (end.isPresent()) {
            return Optional.empty();
        }
        Map<CredentialName, ManagedLease> leases = tracked.leases().of(other);
        return Optional.of(LaunchView.Neighbour.of(
                other,
                task.isPresent(),
                desiredLeases(subject(task, end), task, end, leases),
                tracked.withdrawals().of(other),
                leases,
                names));
    }

    private boolean isAlive(Launch launch, Optional<LaunchedTask> task, Map<CredentialName, ManagedLease> leases) {
        Optional<ContainerId> container = task.flatMap(known -> known.task().container())
                .or(() -> leases.values().stream()
                        .flatMap(kept -> kept.lease().container().stream())
                        .findFirst());
        return container.filter(id -> tracked.hosts().isAlive(host(launch), id)).isPresent();
    }

    private static MesosAgentId host(Launch launch) {
        return launch.key().agent();
    }
}
