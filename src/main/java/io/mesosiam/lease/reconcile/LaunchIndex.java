package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The latest cluster state, indexed by host and by container, with two facts that the master doesn't report: container
 * ends that agents observed, and since when a launch has been out of the master's sight. Not thread-safe.
 */
final class LaunchIndex {
    private Optional<ClusterState> state = Optional.empty();
    private Optional<Instant> mastersAway = Optional.empty();
    private final Map<MesosAgentId, Set<Launch>> byHost = new HashMap<>();
    /** Without launches that the state shows as ended. */
    private final Map<Place, Set<Launch>> byPlace = new HashMap<>();

    /** Those that it shows as ended: of an executor that runs short tasks, thousands are in one container. */
    private final Map<Place, Set<Launch>> endedByPlace = new HashMap<>();

    /** By what a launch grant can name: the task's id, and the values of its label for grants. */
    private final Map<String, Set<Launch>> byGrantName = new HashMap<>();

    private final Map<Launch, TaskEnd> observedEnds = new HashMap<>();
    private final Map<Launch, Instant> unseenSince = new HashMap<>();

    /** The containers of launches that the state doesn't show yet, by their lease rows. */
    private final Map<Launch, Place> unlisted = new HashMap<>();

    private final Map<TaskKey, Set<Launch>> unlistedOf = new HashMap<>();

    /** The launches that a controller witnessed, by their lease rows. This one may not have seen their start. */
    private final Set<Launch> witnessed = new HashSet<>();

    private final Predicate<Task> ofAnotherExecutor;

    /** @param ofAnotherExecutor whether the agent of the task's host reports its container as another executor's */
    LaunchIndex(Predicate<Task> ofAnotherExecutor) {
        this.ofAnotherExecutor = ofAnotherExecutor;
    }

    private record Place(MesosAgentId host, ContainerId container) {
        static Optional<Place> of(LaunchedTask task) {
            return task.task().container().map(container -> new Place(agentOf(task.launch()), container));
        }
    }

    /**
     * Takes in a new cluster state.
     *
     * @return the touched launches of which more than the task's state has changed, and their {@link #neighbours} before or
     *     after the change
     */
    Set<Launch> update(ClusterState next, Set<Launch> touched, Instant now) {
        Set<Launch> changed = touched.stream()
                .filter(launch -> !differsInItsTaskStateAlone(launch, next))
                .collect(Collectors.toSet());
        Set<Launch> concerned = new HashSet<>(changed);
        concerned.addAll(inContainersOf(changed));
        touched.forEach(launch -> {
            state.flatMap(before -> before.launch(launch)).ifPresent(this::remove);
            next.launch(launch).ifPresent(this::add);
        });
        state = Optional.of(next);
        updateMastersAway(now);
        concerned.addAll(inContainersOf(changed));
        return concerned;
    }

    /** As from TASK_STARTING to TASK_RUNNING, which every task does: no plan depends on it. */
    private boolean differsInItsTaskStateAlone(Launch launch, ClusterState next) {
        Optional<LaunchedTask> shown =
                state.flatMap(before -> before.launch(launch)).filter(LaunchIndex::isSeen);
        Optional<LaunchedTask> shows = next.launch(launch).filter(LaunchIndex::isSeen);
        return shown.isPresent()
                && shows.isPresent()
                && shown.get().differsInItsTaskStateAlone(shows.get())
                && Subject.of(shows.get(), state.get()).equals(Subject.of(shows.get(), next));
    }

    /** Rebuilds the index from the state, in case a hint was lost. */
    void rebuild() {
        byHost.clear();
        byPlace.clear();
        endedByPlace.clear();
        byGrantName.clear();
        unlisted.forEach((launch, place) ->
                byPlace.computeIfAbsent(place, _ -> new HashSet<>()).add(launch));
        state.ifPresent(current -> current.launches().values().forEach(this::add));
    }

    /**
     * Records what a lease row says of its launch: whether a controller witnessed it, and its container. The launch
     * counts as one of the container's launches until the state shows it or it has ended.
     */
    void remember(Lease lease) {
        if (lease.witnessed()) {
            witnessed.add(lease.launch());
        }
        lease.container()
                .map(id -> new Place(lease.host(), id))
                .filter(place -> samePlace(lease.launch(), place).allMatch(unlisted::containsKey))
                .filter(_ -> task(lease.launch()).isEmpty())
                .ifPresent(place -> {
                    unlisted.put(lease.launch(), place);
                    unlistedOf
                            .computeIfAbsent(lease.launch().key(), _ -> new HashSet<>())
                            .add(lease.launch());
                    byPlace.computeIfAbsent(place, _ -> new HashSet<>()).add(lease.launch());
                });
    }

    /** The launches of its task in that container: they are one launch, under numbers of several controllers. */
    private Stream<Launch> samePlace(Launch launch, Place place) {
        return at(place).filter(other -> other.key().equals(launch.key()));
    }

    private Stream<Launch> at(Place place) {
        return Stream.concat(at(place, byPlace), at(place, endedByPlace));
    }

    /** Without launches that the state has forgotten since they were indexed: no hint names these. */
    private Stream<Launch> at(Place place, Map<Place, Set<Launch>> index) {
        return index.getOrDefault(place, Set.of()).stream()
                .filter(launch -> unlisted.containsKey(launch)
                        || task(launch).flatMap(Place::of).filter(place::equals).isPresent());
    }

    private void forgetUnlisted(Launch launch) {
        Optional.ofNullable(unlisted.remove(launch)).ifPresent(place -> {
            remove(byPlace, place, launch);
            remove(unlistedOf, launch.key(), launch);
        });
    }

    private void updateMastersAway(Instant now) {
        boolean present = state.filter(ClusterState::masterAnswers)
                .flatMap(ClusterState::leader)
                .isPresent();
        mastersAway = present ? Optional.empty() : Optional.of(mastersAway.orElse(now));
    }

    Optional<ClusterState> state() {
        return state;
    }

    /** A launch that the state shows; without its container if that is another executor's, whose tasks alone run there. */
    Optional<LaunchedTask> task(Launch launch) {
        return state.flatMap(current -> current.launch(launch))
                .map(shown -> ofAnotherExecutor.test(shown.task()) ? shown.withoutContainer() : shown)
                .map(this::withRows);
    }

    /** Whether the state shows the launch in a container that Mesos launched for another executor. */
    boolean isMisplaced(Launch launch) {
        return state.flatMap(current -> current.launch(launch))
                .filter(shown -> ofAnotherExecutor.test(shown.task()))
                .isPresent();
    }

    /** A launch that the row of a lease states as witnessed counts as witnessed. */
    LaunchedTask withRows(LaunchedTask task) {
        return !task.witnessed() && witnessed.contains(task.launch()) ? task.asWitnessed() : task;
    }

    Set<Launch> launches() {
        return state.map(current -> current.launches().keySet()).orElse(Set.of());
    }

    Set<Launch> on(MesosAgentId host) {
        return copy(byHost.getOrDefault(host, Set.of()));
    }

    /** Every launch whose task is in that container, including ended launches and those that only lease rows name. */
    Set<Launch> in(MesosAgentId host, ContainerId container) {
        return at(new Place(host, container)).collect(Collectors.toCollection(HashSet::new));
    }

    /** As {@link #in}, without launches that the state shows as ended. */
    Set<Launch> runningIn(MesosAgentId host, ContainerId container) {
        return at(new Place(host, container), byPlace).collect(Collectors.toCollection(HashSet::new));
    }

    /** Whether the cluster state and the leading master's flags are known: without them nothing is decided. */
    boolean areDecidable() {
        return state.filter(current -> current.enforcement().known()).isPresent();
    }

    /** Whether the cluster state shows no task in that container, or nothing is decided yet. */
    boolean isUnknown(MesosAgentId host, ContainerId container) {
        return !areDecidable()
                || in(host, container).stream().allMatch(launch -> task(launch).isEmpty());
    }

    /** The launches in the containers of these, without those that the state shows as ended. */
    Set<Launch> inContainersOf(Set<Launch> some) {
        return some.stream()
                .flatMap(launch -> place(launch).stream())
                .distinct()
                .flatMap(place -> at(place, byPlace))
                .collect(Collectors.toSet());
    }

    /** Whether there are more than so many launches in that launch's container, without those that the state shows as ended. */
    boolean hasMoreInItsContainer(Launch launch, int number) {
        return place(launch)
                .filter(place -> byPlace.getOrDefault(place, Set.of()).size() > number)
                .filter(place -> at(place, byPlace).skip(number).findFirst().isPresent())
                .isPresent();
    }

    /** The other launches in that launch's container, without those that the state shows as ended. */
    Set<Launch> neighbours(Launch launch) {
        return place(launch).stream()
                .flatMap(own -> at(own, byPlace))
                .filter(other -> !other.equals(launch))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** That launch and every other one in its container, including those that have ended. */
    Set<Launch> inContainerOf(Launch launch) {
        return Stream.concat(Stream.of(launch), place(launch).stream().flatMap(this::at))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Optional<Place> place(Launch launch) {
        return task(launch).flatMap(Place::of).or(() -> Optional.ofNullable(unlisted.get(launch)));
    }

    /**
     * Records an end that the master doesn't report: the host's agent observed the end of the launch's container, or the host's
     * instance is terminated. The master may still report the task as running.
     */
    void endObserved(Launch launch, TaskEnd end) {
        forgetUnlisted(launch);
        observedEnds.put(launch, end);
    }

    Optional<TaskEnd> end(Launch launch) {
        return end(launch, task(launch));
    }

    /** @param shown the launch as {@link #task} returns it */
    Optional<TaskEnd> end(Launch launch, Optional<LaunchedTask> shown) {
        return shown.flatMap(LaunchedTask::end)
                .or(() -> Optional.ofNullable(observedEnds.get(launch)).filter(end -> !isOfAnotherRun(launch, end)));
    }

    /** Another controller may have numbered the task's launches differently: its rows gave the earlier run this number. */
    private boolean isOfAnotherRun(Launch launch, TaskEnd end) {
        return end instanceof TaskEnd.ContainerEnded(ContainerId ended) && isElsewhere(launch, ended);
    }

    /** The launch of the task that the state shows and that has not ended. */
    Optional<Launch> running(TaskKey task) {
        return byHost.getOrDefault(task.agent(), Set.of()).stream()
                .filter(launch -> launch.key().equals(task))
                .filter(launch -> task(launch).isPresent() && end(launch).isEmpty())
                .findFirst();
    }

    /** The container in which the state shows the launch. */
    Optional<ContainerId> container(Launch launch) {
        return task(launch).flatMap(shown -> shown.task().container());
    }

    /** The executor in whose container the launch runs, as the state shows it. */
    Optional<String> executor(Launch launch) {
        return task(launch).flatMap(shown -> shown.task().executorId());
    }

    /** Whether the state shows the launch in another container, so that a row which names this one is of another run. */
    boolean isElsewhere(Launch launch, ContainerId container) {
        return container(launch).filter(shown -> !shown.equals(container)).isPresent();
    }

    /** Whether the launches of this task in this container are known, and have ended. */
    boolean hasEnded(TaskContainer launch) {
        Set<Launch> there = in(launch.task().agent(), launch.container()).stream()
                .filter(each -> each.key().equals(launch.task()))
                .collect(Collectors.toSet());
        return !there.isEmpty() && there.stream().allMatch(each -> end(each).isPresent());
    }

    /** The launches that these grants are for. */
    Set<Launch> of(GrantedTasks granted) {
        return Stream.concat(
                        granted.names().stream().flatMap(name -> byGrantName.getOrDefault(name, Set.of()).stream()),
                        granted.holders().stream()
                                .flatMap(holder -> in(holder.task().agent(), holder.container()).stream()
                                        .filter(each -> each.key().equals(holder.task()))))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /**
     * Since when the launch has been out of sight: the master has not reported it as reachable, or no master answers.
     * Empty if neither applies. The start is remembered from the first call that finds the launch missing.
     */
    Optional<Instant> outOfSight(Launch launch, Instant now) {
        if (task(launch).filter(LaunchIndex::isSeen).isEmpty()) {
            Instant since = mastersAway.orElse(now);
            return Optional.of(unseenSince.computeIfAbsent(launch, _ -> since));
        }
        unseenSince.remove(launch);
        return mastersAway;
    }

    private static boolean isSeen(LaunchedTask task) {
        return task.task().state() != TaskState.UNREACHABLE && task.task().state() != TaskState.LOST;
    }

    /**
     * Forgets launches that are neither in the state nor in {@code kept}.
     *
     * @param alive whether a host's agent reports a container; the launches of such a container are kept even if no
     *     lease names them any more
     */
    void prune(Set<Launch> kept, BiPredicate<MesosAgentId, ContainerId> alive) {
        unlisted.entrySet().stream()
                .filter(entry -> !kept.contains(entry.getKey())
                        && !alive.test(entry.getValue().host(), entry.getValue().container()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::forgetUnlisted);
        Set<Launch> known = Stream.concat(launches().stream(), kept.stream()).collect(Collectors.toSet());
        observedEnds.keySet().retainAll(known);
        unseenSince.keySet().retainAll(known);
        witnessed.retainAll(known);
    }

    private void add(LaunchedTask task) {
        forgetUnlisted(task.launch());
        byHost.computeIfAbsent(agentOf(task.launch()), _ -> new HashSet<>()).add(task.launch());
        Place.of(task).ifPresent(place -> {
            Set.copyOf(unlistedOf.getOrDefault(task.launch().key(), Set.of())).stream()
                    .filter(other -> place.equals(unlisted.get(other)))
                    .forEach(this::forgetUnlisted);
            byPlace(task).computeIfAbsent(place, _ -> new HashSet<>()).add(task.launch());
        });
        grantNames(task).forEach(name -> byGrantName.compute(name, (_, launches) -> with(launches, task.launch())));
    }

    private void remove(LaunchedTask task) {
        remove(byHost, agentOf(task.launch()), task.launch());
        Place.of(task).ifPresent(place -> {
            remove(byPlace, place, task.launch());
            remove(endedByPlace, place, task.launch());
        });
        grantNames(task)
                .forEach(name -> byGrantName.computeIfPresent(name, (_, launches) -> without(launches, task.launch())));
    }

    private Map<Place, Set<Launch>> byPlace(LaunchedTask task) {
        return task.end().isEmpty() ? byPlace : endedByPlace;
    }

    /** Nearly every name has one launch: an immutable set needs less memory. A set of several is a {@link HashSet}. */
    private static Set<Launch> with(@Nullable Set<Launch> launches, Launch launch) {
        if (launches == null || launches.equals(Set.of(launch))) {
            return Set.of(launch);
        }
        Set<Launch> more = launches.size() == 1 ? new HashSet<>(launches) : launches;
        more.add(launch);
        return more;
    }

    private static @Nullable Set<Launch> without(Set<Launch> launches, Launch launch) {
        if (launches.size() > 1) {
            launches.remove(launch);
            return launches;
        }
        return launches.contains(launch) ? null : launches;
    }

    private static Stream<String> grantNames(LaunchedTask task) {
        return Stream.concat(
                Stream.of(task.launch().key().task().value()),
                task.task().labels().stream()
                        .filter(label -> label.key().equals(LaunchGrant.LABEL))
                        .flatMap(label -> label.value().stream()));
    }

    /** The order of an immutable set differs from one JVM to the next, and launches are planned in this order. */
    private static Set<Launch> copy(Set<Launch> launches) {
        return Collections.unmodifiableSet(new HashSet<>(launches));
    }

    private static <K> void remove(Map<K, Set<Launch>> index, K key, Launch launch) {
        index.computeIfPresent(key, (_, launches) -> {
            launches.remove(launch);
            return launches.isEmpty() ? null : launches;
        });
    }

    private static MesosAgentId agentOf(Launch launch) {
        return launch.key().agent();
    }
}
