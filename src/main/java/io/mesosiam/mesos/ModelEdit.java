package io.mesosiam.mesos;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * A {@link ClusterModel} while one event changes it: what a task's sightings, updates and ends do to its launches. Used
 * by one thread, for one event.
 */
final class ModelEdit {
    /** Who, when they say TASK_LOST, mean that the task ended and not that it is out of sight. */
    private static final Set<String> LOSS_WITNESSES = Set.of("SOURCE_AGENT", "SOURCE_SLAVE", "SOURCE_EXECUTOR");

    final long version;
    final Set<Launch> touched = new HashSet<>();
    Optional<Leader> leader;
    View view;
    PMap<FrameworkId, Framework> frameworks;
    PMap<MesosAgentId, MesosAgent> agents;
    PMap<Launch, LaunchedTask> launches;
    PMap<MesosAgentId, PMap<TaskKey, Run>> runs;
    PMap<MesosAgentId, Long> registered;
    PMap<MesosAgentId, Long> removedAgents;
    PSet<FrameworkId> listed;
    PSet<FrameworkId> recovered;
    PSet<FrameworkId> gone;
    PSet<ClusterModel.Doubt> doubts;
    long subscribedAt;
    private Enforcement enforcement;
    private PVector<Launch> justLaunched;
    private PVector<Launch> ended;

    ModelEdit(ClusterModel model) {
        ClusterState state = model.state();
        version = state.version() + 1;
        leader = state.leader();
        enforcement = state.enforcement();
        view = state.view();
        // the model's maps are persistent ones; the public record only says that they are maps
        frameworks = persistent(state.frameworks());
        agents = persistent(state.agents());
        launches = persistent(state.launches());
        runs = model.runs();
        registered = model.registered();
        removedAgents = model.removedAgents();
        listed = model.listed();
        recovered = model.recovered();
        gone = model.gone();
        justLaunched = model.justLaunched();
        doubts = model.doubts();
        ended = model.ended();
        subscribedAt = model.subscribedAt();
    }

    ClusterModel.Change done() {
        dropOldestEnded();
        ClusterState state = new ClusterState(version, leader, enforcement, view, frameworks, agents, launches);
        return new ClusterModel.Change(
                new ClusterModel(
                        state,
                        runs,
                        registered,
                        removedAgents,
                        listed,
                        recovered,
                        gone,
                        justLaunched,
                        doubts,
                        ended,
                        subscribedAt),
                touched);
    }

    /** Takes over what a lease row says. Of one key's launches only the last can be running. */
    void know(KnownLaunch known) {
        Run earlier = run(known.launch().key());
        if (earlier != null) {
            end(earlier.launch(), new TaskEnd.Relaunched(known.launch().sequence()));
        }
        put(new Run(known.launch(), Optional.of(known), 0, 0));
    }

    /** The stream said something else than TASK_ADDED: what comes back with a Mesos agent comes in one go. */
    void streamMovedOn() {
        justLaunched = TreePVector.empty();
    }

    // ---- tasks

    void taskAdded(SeenTask seen) {
        TaskKey key = seen.task().key();
        boolean launched = isLaunch(seen.task());
        sighted(seen, launched);
        Run run = run(key);
        if (run != null) {
            put(run.heardAt(version));
            if (launched) {
                justLaunched = justLaunched.plus(run.launch());
            }
        }
    }

    /**
     * Whether a TASK_ADDED is the leader's own launch. A Mesos agent that comes back has its tasks added too, and what
     * it reports is only its word: those come before its AGENT_ADDED, or for a framework that is merely recovered.
     */
    private boolean isLaunch(Task task) {
        FrameworkId framework = task.key().framework();
        return task.state() == TaskState.STAGING
                && registered.containsKey(task.key().agent())
                && frameworks.containsKey(framework)
                && !recovered.contains(framework);
    }

    /** The master shows this task; {@code launched} if it was just seen launching it. */
    void sighted(SeenTask seen, boolean launched) {
        Task task = seen.task();
        Run run = run(task.key());
        if (provesEnd(seen)) {
            if (run != null && isOf(run, task)) {
                update(run, task);
                end(run.launch(), endBy(task, seen.lostBy()));
            }
        } else if (run == null) {
            start(new Launch(task.key(), 1), task, launched);
        } else if (isNewRun(run, task, launched)) {
            Launch next = new Launch(task.key(), run.launch().sequence() + 1);
            end(run.launch(), new TaskEnd.Relaunched(next.sequence()));
            start(next, task, launched);
        } else {
            update(run, task);
            if (launched) {
                witness(run.launch(), true);
            }
            endIfLostWithAgent(run.launch());
        }
    }

    /** Whether a sighting of a live task tells of another run than the last one known. */
    boolean isNewRun(Run run, Task task, boolean launched) {
        LaunchedTask current = launches.get(run.launch());
        if (current == null) {
            return run.unseen().isEmpty() || launched || differ(containerOf(run), task.container());
        }
        boolean started =
                current.task().container().isPresent() || current.task().state() != TaskState.STAGING;
        return current.end().isPresent()
                || differ(current.task().container(), task.container())
                || (launched && started);
    }

    void taskUpdated(ClusterEvent.TaskUpdated updated) {
        Run run = run(updated.key());
        if (run == null) {
            return;
        }
        run = run.heardAt(version);
        put(run);
        LaunchedTask current = launches.get(run.launch());
        Task task = current == null ? unseenTask(run) : current.task();
        if (differ(containerOf(run), updated.container()) || isOfEarlierRun(run, updated.container())) {
            return;
        }
        Task now = new Task(
                task.key(),
                task.name(),
                task.role(),
                task.user(),
                task.executorId().or(updated::executorId),
                task.image(),
                task.labels(),
                updated.state(),
                task.container().or(updated::container));
        SeenTask seen = new SeenTask(now, SeenTask.Listing.LIVE, Optional.of(updated.source()));
        if (current != null) {
            update(run, now);
        }
        if (provesEnd(seen)) {
            end(run.launch(), endBy(now, seen.lostBy()));
        } else {
            endIfLostWithAgent(run.launch());
        }
    }

    private static boolean provesEnd(SeenTask seen) {
        TaskState state = seen.task().state();
        return state.isEnd()
                || (state == TaskState.LOST
                        && seen.lostBy().filter(LOSS_WITNESSES::contains).isPresent());
    }

    private static TaskEnd endBy(Task task, Optional<String> lostBy) {
        return task.state().isEnd()
                ? new TaskEnd.Terminal(task.state())
                : new TaskEnd.LostAtSource(lostBy.orElseThrow());
    }

    /** TASK_LOST with its Mesos agent removed, whichever came first. */
    private void endIfLostWithAgent(Launch launch) {
        LaunchedTask current = launches.get(launch);
        MesosAgentId agent = launch.key().agent();
        if (current != null && current.task().state() == TaskState.LOST && removedAgents.containsKey(agent)) {
            end(launch, new TaskEnd.AgentRemoved(agent));
        }
    }

    /** Whether an ended task as listed is this run of its key, and not an earlier one. */
    private boolean isOf(Run run, Task task) {
        return !differ(containerOf(run), task.container()) && !isOfEarlierRun(run, task.container());
    }

    private boolean isOfEarlierRun(Run run, Optional<ContainerId> container) {
        if (container.isEmpty() || containerOf(run).isPresent() || run.launch().sequence() == 1) {
            return false;
        }
        LaunchedTask earlier =
                launches.get(new Launch(run.launch().key(), run.launch().sequence() - 1));
        return earlier != null && earlier.task().container().equals(container);
    }

    private Optional<ContainerId> containerOf(Run run) {
        LaunchedTask current = launches.get(run.launch());
        return current == null
                ? run.unseen().flatMap(KnownLaunch::container)
                : current.task().container();
    }

    private static boolean differ(Optional<ContainerId> one, Optional<ContainerId> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }

    private void start(Launch launch, Task task, boolean witnessed) {
        put(Run.of(launch));
        launches = launches.plus(launch, new LaunchedTask(launch, task, witnessed, Optional.empty()));
        touched.add(launch);
        endIfLostWithAgent(launch);
    }

    /** Takes over what is newly said of a running launch; what isn't said any more stays. */
    private void update(Run run, Task task) {
        LaunchedTask current = launches.get(run.launch());
        if (current != null && current.end().isPresent()) {
            return;
        }
        Optional<ContainerId> container = task.container().or(() -> containerOf(run));
        Optional<String> executor = current == null
                ? task.executorId()
                : task.executorId().or(() -> current.task().executorId());
        Task now = container.equals(task.container()) && executor.equals(task.executorId())
                ? task
                : new Task(
                        task.key(),
                        task.name(),
                        task.role(),
                        task.user(),
                        executor,
                        task.image(),
                        task.labels(),
                        task.state(),
                        container);
        if (current != null && current.task().equals(now)) {
            return;
        }
        boolean witnessed =
                current == null ? run.unseen().map(KnownLaunch::witnessed).orElse(false) : current.witnessed();
        if (run.unseen().isPresent()) {
            put(run.seen());
        }
        launches = launches.plus(run.launch(), new LaunchedTask(run.launch(), now, witnessed, Optional.empty()));
        touched.add(run.launch());
    }

    private void witness(Launch launch, boolean witnessed) {
        LaunchedTask current = launches.get(launch);
        if (current != null && current.witnessed() != witnessed && current.end().isEmpty()) {
            launches = launches.plus(launch, new LaunchedTask(launch, current.task(), witnessed, Optional.empty()));
            touched.add(launch);
        }
    }

    /** Records that a launch ended; the first reason stays. */
    void end(Launch launch, TaskEnd reason) {
        Run run = run(launch.key());
        LaunchedTask current = launches.get(launch);
        if (current == null
                && run != null
                && run.launch().equals(launch)
                && run.unseen().isPresent()) {
            current =
                    new LaunchedTask(launch, unseenTask(run), run.unseen().get().witnessed(), Optional.empty());
        }
        if (current == null || current.end().isPresent()) {
            return;
        }
        launches = launches.plus(
                launch, new LaunchedTask(launch, current.task(), current.witnessed(), Optional.of(reason)));
        if (run != null && run.launch().equals(launch)) {
            put(run.seen());
        }
        ended = ended.plus(launch);
        touched.add(launch);
    }

    /** Stands in for a task that a lease row names and the master never showed us: only its end will be of interest. */
    private static Task unseenTask(Run run) {
        TaskKey key = run.launch().key();
        return new Task(
                key,
                key.task().value(),
                new MesosRole("*"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TaskState.UNKNOWN,
                run.unseen().flatMap(KnownLaunch::container));
    }

    boolean running(Run run) {
        LaunchedTask current = launches.get(run.launch());
        return current == null ? run.unseen().isPresent() : current.end().isEmpty();
    }

    Optional<ContainerId> container(Run run) {
        return containerOf(run);
    }

    // ---- frameworks

    /** The principal of a framework's id is pinned at first sight; while the master names another it is disputed. */
    void frameworkSeen(SeenFramework seen) {
        Framework shown = seen.framework();
        Framework known = frameworks.get(shown.id());
        Optional<String> principal = known == null ? shown.principal() : known.principal();
        Framework now =
                new Framework(shown.id(), shown.name(), principal, shown.user(), !principal.equals(shown.principal()));
        listed = listed.plus(shown.id());
        recovered = seen.recovered() ? recovered.plus(shown.id()) : recovered.minus(shown.id());
        if (!now.equals(known)) {
            frameworks = frameworks.plus(shown.id(), now);
            launchesOf(shown.id()).forEach(run -> touched.add(run.launch()));
        }
    }

    void frameworkRemoved(FrameworkId id) {
        launchesOf(id).forEach(run -> end(run.launch(), new TaskEnd.FrameworkRemoved(id)));
        frameworks = frameworks.minus(id);
        listed = listed.minus(id);
        recovered = recovered.minus(id);
        gone = gone.plus(id);
    }

    private List<Run> launchesOf(FrameworkId id) {
        return runs.values().stream()
                .flatMap(ofAgent -> ofAgent.values().stream())
                .filter(run -> run.launch().key().framework().equals(id) && running(run))
                .toList();
    }

    // ---- Mesos agents

    void agentAdded(MesosAgent agent) {
        // It came back: what it had added right before were its reports, though it seemed to be there all along.
        justLaunched.stream()
                .filter(launch -> launch.key().agent().equals(agent.id()))
                .forEach(launch -> witness(launch, false));
        register(agent);
    }

    void register(MesosAgent agent) {
        if (!registered.containsKey(agent.id())) {
            registered = registered.plus(agent.id(), version);
        }
        removedAgents = removedAgents.minus(agent.id());
        MesosAgent known = agents.get(agent.id());
        if (agent.equals(known)) {
            return;
        }
        agents = agents.plus(agent.id(), agent);
        if (known == null || !known.attributes().equals(agent.attributes()) || !sameHost(known, agent)) {
            runsOf(agent.id()).values().forEach(run -> touched.add(run.launch()));
        }
    }

    private static boolean sameHost(MesosAgent one, MesosAgent other) {
        return one.hostname().equals(other.hostname()) && one.address().equals(other.address());
    }

    void agentRemoved(MesosAgentId id) {
        removedAgents = removedAgents.plus(id, version);
        runsOf(id).values().forEach(run -> endIfLostWithAgent(run.launch()));
        unregister(id);
    }

    /** A Mesos agent that has left keeps its place, inactive, while it has launches that aren't known to have ended. */
    void unregister(MesosAgentId id) {
        registered = registered.minus(id);
        MesosAgent agent = agents.get(id);
        if (agent == null) {
            return;
        }
        if (runsOf(id).values().stream().anyMatch(this::running)) {
            agents = agents.plus(
                    id,
                    new MesosAgent(
                            id, agent.hostname(), agent.address(), agent.attributes(), false, agent.deactivated()));
        } else {
            agents = agents.minus(id);
        }
    }

    // ---- the rest

    void enforcement(Enforcement now) {
        if (!now.equals(enforcement)) {
            enforcement = now;
            touched.addAll(launches.keySet());
        }
    }

    /** Another reign knows nothing yet of Mesos agents and frameworks; what was launched stays launched. */
    void leader(Leader now) {
        if (leader.equals(Optional.of(now))) {
            return;
        }
        leader = Optional.of(now);
        view = new View.Incomplete("master " + now.id() + " leads since a moment; its count wasn't compared yet");
        List.copyOf(agents.keySet()).forEach(this::unregister);
        registered = HashTreePMap.empty();
        removedAgents = HashTreePMap.empty();
        listed = HashTreePSet.empty();
        recovered = HashTreePSet.empty();
        gone = HashTreePSet.empty();
        doubts = HashTreePSet.empty();
        justLaunched = TreePVector.empty();
        for (PMap<TaskKey, Run> ofAgent : runs.values()) {
            ofAgent.values().stream().filter(run -> run.absences() > 0).forEach(run -> put(run.absent(0)));
        }
    }

    void forget(Set<Launch> launched) {
        for (Launch launch : launched) {
            LaunchedTask known = launches.get(launch);
            if (known != null && known.end().isPresent()) {
                launches = launches.minus(launch);
            }
        }
    }

    /** The runs of forgotten launches stay as long, for the sequence of a task id that is used again. */
    private void dropOldestEnded() {
        while (ended.size() > ClusterModel.MAX_ENDED) {
            Launch oldest = ended.getFirst();
            ended = ended.minus(0);
            launches = launches.minus(oldest);
            Run run = run(oldest.key());
            if (run != null && run.launch().equals(oldest)) {
                remove(run);
            }
        }
    }

    private static <K, V> PMap<K, V> persistent(Map<K, V> map) {
        return map instanceof PMap<K, V> already ? already : HashTreePMap.from(map);
    }

    @Nullable
    Run run(TaskKey key) {
        return runsOf(key.agent()).get(key);
    }

    Map<TaskKey, Run> runsOf(MesosAgentId agent) {
        return runs.getOrDefault(agent, HashTreePMap.empty());
    }

    void put(Run run) {
        TaskKey key = run.launch().key();
        PMap<TaskKey, Run> ofAgent = runs.getOrDefault(key.agent(), HashTreePMap.empty());
        runs = runs.plus(key.agent(), ofAgent.plus(key, run));
    }

    private void remove(Run run) {
        TaskKey key = run.launch().key();
        PMap<TaskKey, Run> rest =
                runs.getOrDefault(key.agent(), HashTreePMap.empty()).minus(key);
        runs = rest.isEmpty() ? runs.minus(key.agent()) : runs.plus(key.agent(), rest);
    }
}
