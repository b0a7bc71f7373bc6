package io.mesosiam.policy.grant;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The launch grants at one moment, by the task id or the label that names them. A task that no grant names costs a look-up of
 * its id and of its label. Immutable.
 */
public final class GrantSet implements Grants {
    /** There is no grant. */
    public static final GrantSet EMPTY = new GrantSet(List.of());

    private final Map<UUID, LaunchGrant> all = new HashMap<>();
    private final Map<String, LaunchGrant> byLabel = new HashMap<>();
    private final Map<String, List<LaunchGrant>> byTask = new HashMap<>();
    private final Map<Launch, List<LaunchGrant>> byLaunch = new HashMap<>();

    public GrantSet(Collection<LaunchGrant> grants) {
        for (LaunchGrant grant : grants) {
            all.put(grant.id(), grant);
            grant.taskId()
                    .ifPresentOrElse(
                            task -> byTask.computeIfAbsent(task, _ -> new ArrayList<>())
                                    .add(grant),
                            () -> byLabel.put(grant.id().toString(), grant));
            grant.state().launch().ifPresent(launch -> byLaunch.computeIfAbsent(launch, _ -> new ArrayList<>())
                    .add(grant));
        }
    }

    /** All grants of the set, in no order. */
    public Collection<LaunchGrant> all() {
        return List.copyOf(all.values());
    }

    /** The grant with this id. */
    public Optional<LaunchGrant> find(UUID id) {
        return Optional.ofNullable(all.get(id));
    }

    /** The grants that are bound to this launch and have not ended. */
    public List<LaunchGrant> boundTo(Launch launch) {
        return byLaunch.getOrDefault(launch, List.of()).stream()
                .filter(grant -> !(grant.state() instanceof LaunchGrant.State.Ended))
                .toList();
    }

    /** The launches that have a grant that has not ended. */
    public Set<Launch> bound() {
        return byLaunch.keySet().stream()
                .filter(launch -> !boundTo(launch).isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Optional<Policy> find(PolicyId id) {
        return id.grantRow().flatMap(this::find).map(LaunchGrant::policy);
    }

    @Override
    public List<Candidate> of(Subject subject) {
        boolean disputed = subject.framework().filter(Framework::disputed).isPresent();
        return all.isEmpty() || disputed
                ? List.of()
                : named(subject.task())
                        .map(grant -> new Candidate(grant.policy(), use(grant, subject)))
                        .toList();
    }

    /** A value that isn't exactly an id names no grant. A label that occurs twice counts once. */
    private Stream<LaunchGrant> named(Task task) {
        Stream<LaunchGrant> labelled = task.labels().stream()
                .filter(label -> label.key().equals(LaunchGrant.LABEL))
                .flatMap(label -> label.value().map(byLabel::get).stream())
                .distinct();
        return Stream.concat(byTask.getOrDefault(task.key().task().value(), List.of()).stream(), labelled);
    }

    private static Use use(LaunchGrant grant, Subject subject) {
        return switch (grant.state()) {
            case LaunchGrant.State.Unbound _ -> new Use.Unbound();
            case LaunchGrant.State.Bound(Launch to) -> bound(grant, to, subject);
            case LaunchGrant.State.Suspended suspended ->
                new Use.None(
                        "is suspended, because two launches claim it", "it is suspended: " + suspended.reason(), false);
            case LaunchGrant.State.Ended ended -> new Use.None(ended.how(), "it " + ended.how(), false);
        };
    }

    /**
     * A task key has one launch at a time, so an earlier or the same sequence number is that of the bound launch: a controller
     * that has seen fewer launches counts them lower.
     */
    private static Use bound(LaunchGrant grant, Launch to, Subject subject) {
        TaskKey key = subject.task().key();
        if (key.equals(to.key())) {
            return subject.sequence() > 0 && subject.sequence() <= to.sequence()
                    ? new Use.Bound()
                    : new Use.None(
                            "is bound to an earlier launch of the task",
                            "it is bound to the earlier launch " + to,
                            false);
        }
        return new Use.None(
                "is bound to another launch",
                "it is bound to the launch " + to,
                grant.taskId().isEmpty());
    }

    /** Which tasks the grants are for that differ between this set and another one. */
    public Predicate<LaunchedTask> difference(GrantSet other) {
        Set<UUID> changed = Stream.concat(all.keySet().stream(), other.all.keySet().stream())
                .filter(id -> !Optional.ofNullable(all.get(id)).equals(Optional.ofNullable(other.all.get(id))))
                .collect(Collectors.toSet());
        return concerning(Stream.of(this, other)
                .flatMap(set -> changed.stream().flatMap(id -> Stream.ofNullable(set.all.get(id))))
                .toList());
    }

    /** Which tasks any grant of the set is for. */
    public Predicate<LaunchedTask> concerned() {
        return concerning(all.values());
    }

    private static Predicate<LaunchedTask> concerning(Collection<LaunchGrant> grants) {
        Set<String> tasks = new HashSet<>();
        Set<String> labels = new HashSet<>();
        Set<Launch> launches = new HashSet<>();
        grants.forEach(grant -> {
            grant.taskId()
                    .ifPresentOrElse(tasks::add, () -> labels.add(grant.id().toString()));
            grant.state().launch().ifPresent(launches::add);
        });
        return task -> tasks.contains(task.task().key().task().value())
                || launches.contains(task.launch())
                || task.task().labels().stream()
                        .anyMatch(label -> label.key().equals(LaunchGrant.LABEL)
                                && label.value().filter(labels::contains).isPresent());
    }

    /** This set without one grant, as if it were revoked, for a preview. */
    public GrantSet without(PolicyId grant) {
        return new GrantSet(all.values().stream()
                .filter(each -> !each.policy().id().equals(grant))
                .toList());
    }

    /** This set with one more grant, for a preview. */
    public GrantSet with(LaunchGrant grant) {
        return new GrantSet(
                Stream.concat(all.values().stream(), Stream.of(grant)).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GrantSet set && set.all.equals(all);
    }

    @Override
    public int hashCode() {
        return all.hashCode();
    }
}
