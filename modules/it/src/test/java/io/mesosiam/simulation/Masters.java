package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import io.mesosiam.mesos.model.TaskCounts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The masters and the Mesos agents: what truly runs, what the leading master knows of it, and the events of its operator
 * stream. A new leader knows nothing until Mesos agents and frameworks come back.
 */
final class Masters {
    static final List<FrameworkId> FRAMEWORKS = List.of(new FrameworkId("F1"), new FrameworkId("F2"));
    private static final int COMPLETED = 20;

    /** Every start of a task that has not been forgotten. */
    final List<Run> runs = new ArrayList<>();

    /** Every start of a task. */
    private final Map<TaskContainer, Run> ever = new HashMap<>();

    /** By outermost container: the first start of a task there. All of a container are of one executor. */
    private final Map<String, Run> owners = new HashMap<>();

    private final Scheduler scheduler;
    private final List<Consumer<ClusterEvent>> subscribers = new ArrayList<>();
    private final Map<TaskKey, Known> tasks = new LinkedHashMap<>();
    private final Deque<Run> completed = new ArrayDeque<>();
    private final Set<String> registered = new TreeSet<>();
    private final Set<String> unreachable = new TreeSet<>();
    /** By id; whether the framework is only recovered. */
    private final Map<String, Boolean> frameworks = new TreeMap<>();

    /** What the master lists, and its numbers; empty if it has changed since. */
    private Optional<Snapshot> counted = Optional.empty();

    private Optional<TaskCounts> counts = Optional.empty();
    private Optional<Leader> leader = Optional.empty();
    private Optional<FrameworkId> hidden = Optional.empty();
    private Optional<MesosAgentId> hiddenTasks = Optional.empty();
    private int terms;
    private int containers;

    /** A task in the memory of the leading master. */
    private static final class Known {
        final Run run;
        TaskState state;

        Known(Run run, TaskState state) {
            this.run = run;
            this.state = state;
        }
    }

    Masters(Scheduler scheduler, List<MesosAgentId> hosts) {
        this.scheduler = scheduler;
        elect();
        FRAMEWORKS.forEach(id -> frameworks.put(id.value(), false));
        hosts.forEach(host -> registered.add(host.value()));
    }

    static String principal(FrameworkId id) {
        return "principal-" + id;
    }

    private static SeenFramework framework(FrameworkId id, boolean recovered) {
        return new SeenFramework(
                new Framework(id, "framework-" + id, Optional.of(principal(id)), "user", false), recovered);
    }

    static MesosAgent agent(MesosAgentId host) {
        return new MesosAgent(host, host + ".test", "192.0.2.1", Map.of(), true, false);
    }

    // ---- what controllers ask and are sent

    Optional<Leader> leader() {
        return leader;
    }

    void subscribe(Consumer<ClusterEvent> events) {
        subscribers.add(events);
    }

    void unsubscribe(Consumer<ClusterEvent> events) {
        subscribers.remove(events);
    }

    private void emit(ClusterEvent event) {
        subscribers.forEach(each -> each.accept(event));
    }

    /** What {@code /state} answers. */
    Snapshot snapshot() {
        if (hidden.isEmpty() && hiddenTasks.isEmpty()) {
            return counted();
        }
        return snapshot(hidden, hiddenTasks);
    }

    /** What the master counts; the ACLs of {@link #snapshot} don't apply. */
    Snapshot counted() {
        if (counted.isEmpty()) {
            counted = Optional.of(snapshot(Optional.empty(), Optional.empty()));
        }
        return counted.get();
    }

    /** The numbers of {@link #counted}. */
    TaskCounts counts() {
        if (counts.isEmpty()) {
            counts = Optional.of(counted().counts());
        }
        return counts.get();
    }

    /** Call it before every change. */
    private void changes() {
        counted = Optional.empty();
        counts = Optional.empty();
    }

    private Snapshot snapshot(Optional<FrameworkId> without, Optional<MesosAgentId> withoutTasksOf) {
        List<SeenTask> listed = new ArrayList<>();
        tasks.values()
                .forEach(known -> listed.add(known.run.seen(
                        known.state,
                        unreachable.contains(known.run.key.agent().value()) ? Listing.UNREACHABLE : Listing.LIVE)));
        completed.forEach(run -> listed.add(run.seen(run.state, Listing.COMPLETED)));
        List<SeenFramework> shown = frameworks.entrySet().stream()
                .map(entry -> framework(new FrameworkId(entry.getKey()), entry.getValue()))
                .filter(seen -> !without.equals(Optional.of(seen.framework().id())))
                .toList();
        return new Snapshot(
                leader,
                listed.stream()
                        .filter(seen ->
                                !without.equals(Optional.of(seen.task().key().framework()))
                                        && !withoutTasksOf.equals(
                                                Optional.of(seen.task().key().agent())))
                        .toList(),
                shown,
                Set.of(),
                registered.stream().map(MesosAgentId::new).map(Masters::agent).toList(),
                List.of());
    }

    // ---- what happens

    /** Lets ACLs hide a framework from listings. */
    void hide(Optional<FrameworkId> framework) {
        hidden = framework;
    }

    /** Lets listings leave out the tasks of a host, although they show its Mesos agent and all frameworks. */
    void hideTasks(Optional<MesosAgentId> host) {
        hiddenTasks = host;
    }

    /** The tasks that run or have run in a container, without those that are forgotten and were alone in it. */
    List<Run> in(String container) {
        return runs.stream().filter(run -> run.container.id().equals(container)).toList();
    }

    /** The start of a task that a launch grant names. */
    Optional<Run> run(TaskContainer in) {
        return Optional.ofNullable(ever.get(in));
    }

    Collection<Run> everyRun() {
        return ever.values();
    }

    /** A task whose executor Mesos launched that container for. */
    Optional<Run> ownerOf(String outermost) {
        return Optional.ofNullable(owners.get(outermost));
    }

    /** Launches a task whose id has no other run. */
    Optional<Run> launch(
            FrameworkId framework, String task, MesosAgentId host, Optional<Executor> executor, Optional<UUID> grant) {
        TaskKey key = new TaskKey(framework, new TaskId(task), host);
        boolean accepts = leader.isPresent()
                && Boolean.FALSE.equals(frameworks.get(framework.value()))
                && registered.contains(host.value())
                && !tasks.containsKey(key)
                && runs.stream().noneMatch(run -> run.key.equals(key) && !run.endReported);
        if (!accepts) {
            return Optional.empty();
        }
        changes();
        containers++;
        Container next = new Container("c" + containers, 1000 + containers);
        Run run = new Run(key, executor.map(it -> it.containerOf(next)).orElse(next), executor, grant);
        runs.add(run);
        ever.put(run.inContainer(), run);
        owners.putIfAbsent(ContainerPath.outermost(run.container.id()), run);
        tasks.put(key, new Known(run, TaskState.STAGING));
        emit(new ClusterEvent.TaskAdded(run.seen(TaskState.STAGING, Listing.LIVE)));
        return Optional.of(run);
    }

    /** An executor reports a state, in the container that it states. */
    void update(Run run, TaskState state) {
        run.stated = run.stated.filter(_ -> run.lies);
        run.state = state;
        report(run);
    }

    /** The Mesos agent passes on what the task's latest status says, now or when it comes back. */
    void report(Run run) {
        changes();
        if (leader.isPresent() && registered.contains(run.key.agent().value()) && tasks.containsKey(run.key)) {
            pass(run);
        }
    }

    private void pass(Run run) {
        Known known = tasks.get(run.key);
        if (known == null || known.run != run) {
            return;
        }
        known.state = run.state;
        if (run.state.isEnd()) {
            run.endReported = true;
            tasks.remove(run.key);
            completed.add(run);
            if (completed.size() > COMPLETED) {
                completed.remove();
            }
        }
        emit(new ClusterEvent.TaskUpdated(run.key, run.state, "SOURCE_EXECUTOR", Optional.of(run.statedContainer())));
    }

    /** The leading master loses a Mesos agent. Its tasks run on. */
    void lose(MesosAgentId host) {
        if (leader.isEmpty() || !registered.remove(host.value())) {
            return;
        }
        changes();
        unreachable.add(host.value());
        for (Known known : List.copyOf(tasks.values())) {
            if (known.run.key.agent().equals(host)) {
                boolean aware = known.run.key.framework().equals(FRAMEWORKS.getFirst());
                known.state = aware ? TaskState.UNREACHABLE : TaskState.LOST;
                emit(new ClusterEvent.TaskUpdated(known.run.key, known.state, "SOURCE_MASTER", Optional.empty()));
            }
        }
    }

    /** A Mesos agent registers with the leading master and reports its tasks. */
    void register(MesosAgentId host) {
        if (leader.isEmpty() || registered.contains(host.value())) {
            return;
        }
        changes();
        boolean known = unreachable.remove(host.value());
        boolean first = !known && scheduler.oneIn(2);
        registered.add(host.value());
        if (first) {
            emit(new ClusterEvent.AgentAdded(agent(host)));
        }
        List<Run> reported = runs.stream()
                .filter(run -> run.key.agent().equals(host) && !run.endReported)
                .toList();
        reported.stream()
                .map(run -> run.key.framework())
                .distinct()
                .filter(id -> frameworks.putIfAbsent(id.value(), true) == null)
                .forEach(id -> emit(new ClusterEvent.FrameworkSeen(framework(id, true))));
        tasks.values().removeIf(task -> task.run.key.agent().equals(host) && !reported.contains(task.run));
        for (Run run : reported) {
            tasks.put(run.key, new Known(run, run.state));
            emit(new ClusterEvent.TaskAdded(run.seen(run.state, Listing.LIVE)));
        }
        if (!first) {
            emit(new ClusterEvent.AgentAdded(agent(host)));
        }
        reported.stream().filter(run -> run.state.isEnd()).forEach(this::pass);
    }

    void subscribeFramework(FrameworkId id) {
        if (leader.isPresent() && !Boolean.FALSE.equals(frameworks.get(id.value()))) {
            changes();
            frameworks.put(id.value(), false);
            emit(new ClusterEvent.FrameworkSeen(framework(id, false)));
        }
    }

    /** The leading master ends. Streams end with it. */
    void depose() {
        changes();
        leader = Optional.empty();
        tasks.clear();
        completed.clear();
        registered.clear();
        unreachable.clear();
        frameworks.clear();
    }

    void elect() {
        changes();
        terms++;
        leader = Optional.of(new Leader("m" + terms, terms + ".5"));
    }

    /** Whether the leading master knows this run, as it should while its Mesos agent is registered. */
    boolean knows(Run run) {
        Known known = tasks.get(run.key);
        return known != null && known.run == run;
    }

    boolean isRegistered(MesosAgentId host) {
        return registered.contains(host.value());
    }

    Set<String> unregistered(List<MesosAgentId> hosts) {
        Set<String> away = new HashSet<>();
        hosts.stream()
                .map(MesosAgentId::value)
                .filter(id -> !registered.contains(id))
                .forEach(away::add);
        return away;
    }

    /** Time until a launched task has its first process. */
    static final Duration LAUNCH = Duration.ofMillis(300);
}
