package io.mesosiam.policy.grant;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The launch grants at one moment, by the task id or the label that names them. A task that no grant names costs a look-up of
 * its id and of its label. Immutable; a set that differs in some grants shares the rest with this one.
 */
public final class GrantSet implements Grants {
    /** There is no grant. */
    public static final GrantSet EMPTY =
            new GrantSet(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    private final PMap<UUID, LaunchGrant> all;
    private final PMap<String, PSet<UUID>> byTask;
    /** Those without a task id, by the only value of the label that names them. */
    private final PMap<String, UUID> byLabel;

    private final PMap<TaskContainer, PSet<UUID>> byHolder;

    private GrantSet(
            PMap<UUID, LaunchGrant> all,
            PMap<String, PSet<UUID>> byTask,
            PMap<String, UUID> byLabel,
            PMap<TaskContainer, PSet<UUID>> byHolder) {
        this.all = all;
        this.byTask = byTask;
        this.byLabel = byLabel;
        this.byHolder = byHolder;
    }

    /** These grants. */
    public static GrantSet of(Collection<LaunchGrant> grants) {
        return EMPTY.with(grants);
    }

    /** All grants of the set, in no order. */
    public Collection<LaunchGrant> all() {
        return all.values();
    }

    /** The grant with this id. */
    public Optional<LaunchGrant> find(UUID id) {
        return Optional.ofNullable(all.get(id));
    }

    /** The grants that are bound to this launch and have not ended. */
    public List<LaunchGrant> boundTo(TaskContainer holder) {
        return grants(byHolder.get(holder))
                .filter(grant -> !(grant.state() instanceof LaunchGrant.State.Ended))
                .toList();
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
                        .map(grant -> new Candidate(grant.policy(), use(grant, subject.task())))
                        .toList();
    }

    /** A value that isn't exactly an id names no grant. A label that occurs twice counts once. */
    private Stream<LaunchGrant> named(Task task) {
        Stream<LaunchGrant> labelled = task.labels().stream()
                .filter(label -> label.key().equals(LaunchGrant.LABEL))
                .flatMap(label -> label.value().flatMap(this::labelled).stream())
                .distinct();
        return Stream.concat(grants(byTask.get(task.key().task().value())), labelled);
    }

    private Optional<LaunchGrant> labelled(String value) {
        return Optional.ofNullable(byLabel.get(value)).flatMap(this::find);
    }

    private Stream<LaunchGrant> grants(@Nullable PSet<UUID> ids) {
        return Stream.ofNullable(ids).flatMap(PSet::stream).flatMap(id -> find(id).stream());
    }

    private static Use use(LaunchGrant grant, Task task) {
        return switch (grant.state()) {
            case LaunchGrant.State.Unbound _ -> new Use.Unbound();
            case LaunchGrant.State.Bound(TaskContainer to) -> bound(grant, to, task);
            case LaunchGrant.State.Suspended suspended ->
                new Use.None(
                        "is suspended, because two launches claim it", "it is suspended: " + suspended.reason(), false);
            case LaunchGrant.State.Ended ended -> new Use.None(ended.how(), "it " + ended.how(), false);
        };
    }

    private static Use bound(LaunchGrant grant, TaskContainer to, Task task) {
        if (!task.key().equals(to.task())) {
            return new Use.None(
                    "is bound to another launch",
                    "it is bound to " + to,
                    grant.taskId().isEmpty());
        }
        if (task.container().isEmpty()) {
            return new Use.Undecided("can't be evaluated yet: the task's container is not known");
        }
        return task.inContainer().equals(Optional.of(to))
                ? new Use.Bound()
                : new Use.None("is bound to another launch of the task", "it is bound to " + to, false);
    }

    /** Which tasks the grants are for that differ between this set and another one. */
    public GrantedTasks difference(GrantSet other) {
        return GrantedTasks.of(
                Stream.concat(differing(other), other.differing(this)).toList());
    }

    private Stream<LaunchGrant> differing(GrantSet other) {
        return all.values().stream().filter(grant -> !Optional.of(grant).equals(other.find(grant.id())));
    }

    /** This set with these grants, in the place of those with the same ids. */
    public GrantSet with(Collection<LaunchGrant> grants) {
        GrantSet next = this;
        for (LaunchGrant grant : grants) {
            next = next.without(grant.id()).with(grant);
        }
        return next;
    }

    private GrantSet with(LaunchGrant grant) {
        return new GrantSet(
                all.plus(grant.id(), grant),
                grant.taskId().map(task -> plus(byTask, task, grant.id())).orElse(byTask),
                grant.taskId().isEmpty() ? byLabel.plus(grant.id().toString(), grant.id()) : byLabel,
                grant.state()
                        .holder()
                        .map(holder -> plus(byHolder, holder, grant.id()))
                        .orElse(byHolder));
    }

    /** This set without one grant. */
    public GrantSet without(UUID id) {
        return find(id).map(grant -> new GrantSet(
                        all.minus(id),
                        grant.taskId().map(task -> minus(byTask, task, id)).orElse(byTask),
                        byLabel.minus(id.toString()),
                        grant.state()
                                .holder()
                                .map(holder -> minus(byHolder, holder, id))
                                .orElse(byHolder)))
                .orElse(this);
    }

    private static <K> PMap<K, PSet<UUID>> plus(PMap<K, PSet<UUID>> index, K key, UUID id) {
        PSet<UUID> ids = index.getOrDefault(key, HashTreePSet.empty());
        return index.plus(key, ids.plus(id));
    }

    private static <K> PMap<K, PSet<UUID>> minus(PMap<K, PSet<UUID>> index, K key, UUID id) {
        PSet<UUID> ids = index.getOrDefault(key, HashTreePSet.empty()).minus(id);
        return ids.isEmpty() ? index.minus(key) : index.plus(key, ids);
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
