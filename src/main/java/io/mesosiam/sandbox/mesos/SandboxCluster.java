package io.mesosiam.sandbox.mesos;

import io.mesosiam.sandbox.mesos.ClusterEvent.AgentAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.AgentRemoved;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkRemoved;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkUpdated;
import io.mesosiam.sandbox.mesos.ClusterEvent.TaskAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.TaskUpdated;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as its leading master sees it, and what its Mesos agents know besides: after a failover a new master knows
 * only what they tell it. Every operation happens at once and tells its events in the order that a real master does.
 * Safe for use by several threads. Naming what isn't there throws {@link NoSuchElementException}.
 */
public final class SandboxCluster {
    private static final String HEALTH_CHECK_TIMED_OUT = "health check timed out";

    private final InstantSource clock;
    private final List<Subscriber> subscribers = new ArrayList<>();

    private Reign reign;
    private final Map<String, RegisteredAgent> agents = new LinkedHashMap<>();
    private final Map<String, RegisteredAgent> recovered = new LinkedHashMap<>();
    private final Map<String, RegisteredAgent> unreachable = new LinkedHashMap<>();
    private final Map<String, RegisteredFramework> frameworks = new LinkedHashMap<>();
    private final Map<String, RegisteredFramework> completedFrameworks = new LinkedHashMap<>();
    private final Map<TaskKey, TaskRun> tasks = new LinkedHashMap<>();
    private final Map<TaskKey, TaskRun> unreachableTasks = new LinkedHashMap<>();
    private final List<TaskRun> completedTasks = new ArrayList<>();
    private final Map<TaskState, Integer> ended = new EnumMap<>(TaskState.class);

    /** What the Mesos agents hold themselves, whatever a master thinks of it. */
    private final Map<String, Map<TaskKey, TaskRun>> held = new HashMap<>();

    private final Map<String, FrameworkSpec> toldFrameworks = new HashMap<>();
    private int agentIds;
    private int frameworkIds;

    public SandboxCluster(InstantSource clock) {
        this.clock = clock;
        this.reign = newReign();
    }

    // Mesos agents

    /** A Mesos agent registers for the first time and gets its id. */
    public synchronized String register(AgentSpec spec) {
        String id = reign.id() + "-S" + agentIds++;
        var agent = new RegisteredAgent(id, spec, now(), Optional.empty(), true, false);
        agents.put(id, agent);
        held.put(id, new LinkedHashMap<>());
        tell(new AgentAdded(agent));
        return id;
    }

    /** The master stops hearing of it. No event says so; its tasks' do. */
    public synchronized void unreachable(String agentId) {
        RegisteredAgent agent = known(agents.remove(agentId), agentId);
        unreachable.put(agentId, agent);
        Instant since = now();
        for (TaskRun run : runsOn(agentId)) {
            TaskState state = partitionAware(run) ? TaskState.UNREACHABLE : TaskState.LOST;
            TaskStatus status = byMaster(state, "REASON_AGENT_REMOVED", HEALTH_CHECK_TIMED_OUT, Optional.of(since));
            tasks.remove(run.spec().key());
            unreachableTasks.put(run.spec().key(), run.with(status));
            if (state == TaskState.LOST) {
                ended.merge(state, 1, Integer::sum);
            }
            tell(new TaskUpdated(run.spec(), status, state));
        }
    }

    /**
     * It registers again, under the id it has, with the tasks that it holds: after being unreachable, or with a new
     * master. A master that knows their frameworks adds the tasks first; one that doesn't, the agent.
     */
    public synchronized void returns(String agentId) {
        RegisteredAgent before = unreachable.remove(agentId);
        if (before == null) {
            before = known(recovered.remove(agentId), agentId);
        }
        boolean newMaster = before.registered().isBefore(reign.started());
        RegisteredAgent agent = before.back(now(), newMaster);
        List<TaskRun> runs = List.copyOf(held(agentId).values());
        boolean strangers = runs.stream()
                .anyMatch(run -> !frameworks.containsKey(run.spec().frameworkId())
                        && !completedFrameworks.containsKey(run.spec().frameworkId()));
        agents.put(agentId, agent);
        if (strangers) {
            tell(new AgentAdded(agent));
        }
        for (String frameworkId :
                runs.stream().map(run -> run.spec().frameworkId()).distinct().toList()) {
            readd(frameworkId, runs);
        }
        if (!strangers) {
            tell(new AgentAdded(agent));
        }
    }

    private void readd(String frameworkId, List<TaskRun> runs) {
        if (completedFrameworks.containsKey(frameworkId)) {
            return;
        }
        if (!frameworks.containsKey(frameworkId)) {
            var framework =
                    RegisteredFramework.recovered(frameworkId, known(toldFrameworks.get(frameworkId), frameworkId));
            frameworks.put(frameworkId, framework);
            tell(new FrameworkAdded(framework));
        }
        for (TaskRun run : runs) {
            if (run.spec().frameworkId().equals(frameworkId)) {
                unreachableTasks.remove(run.spec().key());
                if (run.state().terminal()) {
                    held(run.spec().agentId()).remove(run.spec().key());
                    completedTasks.add(run);
                } else {
                    tasks.put(run.spec().key(), run);
                }
                tell(new TaskAdded(run));
            }
        }
    }

    /** It shuts down or its machine goes down: its tasks are lost, and it is removed. */
    public synchronized void remove(String agentId, String why) {
        RegisteredAgent agent = known(agents.remove(agentId), agentId);
        String message = "Agent " + agent.spec().hostname() + " removed: " + why;
        for (TaskRun run : runsOn(agentId)) {
            end(run, byMaster(TaskState.LOST, "REASON_AGENT_REMOVED", message, Optional.empty()));
        }
        held.remove(agentId);
        tell(new AgentRemoved(agentId));
    }

    /** An operator marks it gone: no event but its tasks', and those of frameworks that don't know the state stay. */
    public synchronized void gone(String agentId) {
        known(agents.remove(agentId), agentId);
        for (TaskRun run : runsOn(agentId)) {
            if (partitionAware(run)) {
                end(
                        run,
                        byMaster(
                                TaskState.GONE_BY_OPERATOR,
                                "REASON_AGENT_REMOVED_BY_OPERATOR",
                                "Agent has been marked gone",
                                Optional.empty()));
            } else {
                TaskStatus status = byMaster(
                        TaskState.LOST, "REASON_AGENT_REMOVED", "Agent has been marked gone", Optional.empty());
                tasks.remove(run.spec().key());
                unreachableTasks.put(run.spec().key(), run.with(status));
                tell(new TaskUpdated(run.spec(), status, TaskState.LOST));
            }
        }
        held.remove(agentId);
    }

    /** An operator deactivates or reactivates it. Only polling shows that. */
    public synchronized void deactivated(String agentId, boolean off) {
        agents.put(agentId, known(agents.get(agentId), agentId).deactivated(off));
    }

    // frameworks

    /** A scheduler subscribes for the first time and gets its framework's id. */
    public synchronized String subscribe(FrameworkSpec spec) {
        String id = "%s-%04d".formatted(reign.id(), frameworkIds++);
        toldFrameworks.put(id, spec);
        var framework = RegisteredFramework.subscribed(id, spec, now());
        frameworks.put(id, framework);
        tell(new FrameworkAdded(framework));
        return id;
    }

    /** A scheduler subscribes again, perhaps with another name; after a failover before or after its Mesos agents. */
    public synchronized void resubscribe(String frameworkId, FrameworkSpec spec) {
        if (!frameworks.containsKey(frameworkId)) {
            tell(new FrameworkAdded(RegisteredFramework.recovered(frameworkId, spec)));
        }
        toldFrameworks.put(frameworkId, spec);
        var framework = RegisteredFramework.subscribed(frameworkId, spec, now());
        frameworks.put(frameworkId, framework);
        tell(new FrameworkUpdated(framework));
    }

    /** Its scheduler's connection drops. No event. */
    public synchronized void disconnect(String frameworkId) {
        frameworks.put(
                frameworkId, known(frameworks.get(frameworkId), frameworkId).disconnected());
    }

    /** It is torn down: its tasks are killed, then it is removed. */
    public synchronized void teardown(String frameworkId) {
        RegisteredFramework framework =
                known(frameworks.remove(frameworkId), frameworkId).removed(now());
        completedFrameworks.put(frameworkId, framework);
        String message = "Framework " + frameworkId + " removed";
        for (TaskRun run : List.copyOf(tasks.values())) {
            if (run.spec().frameworkId().equals(frameworkId)) {
                end(run, byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message, Optional.empty()));
            }
        }
        for (TaskRun run : List.copyOf(unreachableTasks.values())) {
            if (run.spec().frameworkId().equals(frameworkId)) {
                // the status says killed, the task's own state lost
                unreachableTasks.remove(run.spec().key());
                completedTasks.add(new TaskRun(run.spec(), TaskState.LOST, run.statuses()));
                tell(new TaskUpdated(
                        run.spec(),
                        byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message, Optional.empty()),
                        TaskState.LOST));
            }
        }
        tell(new FrameworkRemoved(framework));
    }

    // tasks

    /** The master takes the launch on; the Mesos agent hasn't heard of it yet. */
    public synchronized TaskKey launch(TaskSpec spec) {
        known(frameworks.get(spec.frameworkId()), spec.frameworkId());
        known(agents.get(spec.agentId()), spec.agentId());
        TaskRun run = TaskRun.staging(spec);
        tasks.put(spec.key(), run);
        held(spec.agentId()).put(spec.key(), run);
        tell(new TaskAdded(run));
        return spec.key();
    }

    /** Its container is there: the first status, and the first word of a container id. */
    public synchronized void starting(TaskKey key, Placement placement) {
        byExecutor(key, TaskState.STARTING, Optional.empty(), Optional.of(placement));
    }

    /** Its process runs. */
    public synchronized void running(TaskKey key) {
        byExecutor(key, TaskState.RUNNING, Optional.empty(), Optional.empty());
    }

    /** Its process runs, elsewhere than first said: pods' addresses come right only now. */
    public synchronized void running(TaskKey key, Placement placement) {
        byExecutor(key, TaskState.RUNNING, Optional.empty(), Optional.of(placement));
    }

    /** Its executor says that it is being killed, or has ended. Where the master is away, only its agent knows. */
    public synchronized void says(TaskKey key, TaskState state, String message) {
        byExecutor(key, state, Optional.of(message), Optional.empty());
    }

    /** A Mesos agent that is not what it was tells of a task that no master ever launched. It shows when it returns. */
    public synchronized void invent(TaskSpec spec, FrameworkSpec framework, Placement placement) {
        toldFrameworks.putIfAbsent(spec.frameworkId(), framework);
        TaskRun run = TaskRun.staging(spec)
                .with(update(spec, TaskState.STARTING, Optional.empty(), Optional.of(placement)))
                .with(update(spec, TaskState.RUNNING, Optional.empty(), Optional.of(placement)));
        held(spec.agentId()).put(spec.key(), run);
    }

    // the master

    /**
     * Another master leads, or this one restarted: it knows which Mesos agents there were, and nothing else, until each
     * {@linkplain #returns returns}. All streams end.
     */
    public synchronized void failOver() {
        endStreams();
        recovered.putAll(agents);
        agents.clear();
        frameworks.clear();
        completedFrameworks.clear();
        tasks.clear();
        unreachableTasks.clear();
        completedTasks.clear();
        ended.clear();
        reign = newReign();
    }

    synchronized void endStreams() {
        subscribers.forEach(Subscriber::end);
        subscribers.clear();
    }

    /** The Mesos agents that it waits for. */
    public synchronized List<String> recoveredAgents() {
        return List.copyOf(recovered.keySet());
    }

    synchronized ClusterView view() {
        return new ClusterView(
                reign,
                List.copyOf(agents.values()),
                List.copyOf(recovered.values()),
                unreachable.size(),
                List.copyOf(frameworks.values()),
                List.copyOf(completedFrameworks.values()),
                List.copyOf(tasks.values()),
                List.copyOf(unreachableTasks.values()),
                List.copyOf(completedTasks),
                new EnumMap<>(ended));
    }

    /** Tells it the present view and, from the next change on, every event; it must not wait. */
    synchronized void subscribe(Subscriber subscriber) {
        subscriber.first(view());
        subscribers.add(subscriber);
    }

    synchronized void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber);
    }

    /** How many streams are open. */
    public synchronized int subscribers() {
        return subscribers.size();
    }

    private void byExecutor(TaskKey key, TaskState state, Optional<String> message, Optional<Placement> newPlacement) {
        TaskRun run = held.values().stream()
                .flatMap(runs -> Optional.ofNullable(runs.get(key)).stream())
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no Mesos agent holds " + key));
        TaskStatus status = update(run.spec(), state, message, newPlacement.or(run::placement));
        TaskRun next = run.with(status);
        held(run.spec().agentId()).put(key, next);
        if (!tasks.containsKey(key)) {
            return;
        }
        if (state.terminal()) {
            held(run.spec().agentId()).remove(key);
            end(run, status);
        } else {
            tasks.put(key, next);
            tell(new TaskUpdated(run.spec(), status, state));
        }
    }

    private void end(TaskRun run, TaskStatus status) {
        tasks.remove(run.spec().key());
        Optional.ofNullable(held.get(run.spec().agentId()))
                .ifPresent(runs -> runs.remove(run.spec().key()));
        completedTasks.add(run.with(status));
        ended.merge(status.state(), 1, Integer::sum);
        tell(new TaskUpdated(run.spec(), status, status.state()));
    }

    private TaskStatus update(TaskSpec spec, TaskState state, Optional<String> message, Optional<Placement> placement) {
        return new TaskStatus(
                state,
                now(),
                "SOURCE_EXECUTOR",
                Optional.empty(),
                message,
                Optional.of(uuid()),
                Optional.of(spec.statusExecutorId()),
                placement,
                Optional.empty());
    }

    private TaskStatus byMaster(TaskState state, String reason, String message, Optional<Instant> unreachableSince) {
        return new TaskStatus(
                state,
                now(),
                "SOURCE_MASTER",
                Optional.of(reason),
                Optional.of(message),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                unreachableSince);
    }

    private void tell(ClusterEvent event) {
        subscribers.forEach(subscriber -> subscriber.told(event));
    }

    private List<TaskRun> runsOn(String agentId) {
        return tasks.values().stream()
                .filter(run -> run.spec().agentId().equals(agentId))
                .toList();
    }

    private boolean partitionAware(TaskRun run) {
        return known(frameworks.get(run.spec().frameworkId()), run.spec().frameworkId())
                .spec()
                .partitionAware();
    }

    private Map<TaskKey, TaskRun> held(String agentId) {
        return known(held.get(agentId), agentId);
    }

    private Reign newReign() {
        Instant now = now();
        agentIds = 0;
        frameworkIds = 0;
        return new Reign(UUID.randomUUID().toString(), now, now.plusMillis(5));
    }

    private Instant now() {
        return clock.instant();
    }

    private static String uuid() {
        UUID random = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits())
                .array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static <T> T known(@Nullable T there, String id) {
        if (there == null) {
            throw new NoSuchElementException("the cluster has no " + id);
        }
        return there;
    }
}
