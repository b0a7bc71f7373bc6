package io.mesosiam.sandbox.mesos;

import io.mesosiam.sandbox.mesos.ClusterEvent.AgentAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.AgentRemoved;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkRemoved;
import io.mesosiam.sandbox.mesos.ClusterEvent.FrameworkUpdated;
import io.mesosiam.sandbox.mesos.ClusterEvent.TaskAdded;
import io.mesosiam.sandbox.mesos.ClusterEvent.TaskUpdated;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
    private static final String GONE = "Agent has been marked gone";

    private final InstantSource clock;
    private final Statuses statuses;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private MasterLedger master;

    /** What the Mesos agents hold themselves, whatever a master thinks of it. */
    private final Map<String, Map<TaskKey, TaskRun>> held = new HashMap<>();

    private final Map<String, FrameworkSpec> toldFrameworks = new HashMap<>();

    public SandboxCluster(InstantSource clock) {
        this.clock = clock;
        this.statuses = new Statuses(clock);
        this.master = new MasterLedger(newTerm());
    }

    // Mesos agents

    /** A Mesos agent registers for the first time and gets its id. */
    public synchronized String register(AgentSpec spec) {
        String id = master.nextAgentId();
        var agent = new RegisteredAgent(id, spec, now(), Optional.empty(), true, false);
        master.agents.put(id, agent);
        held.put(id, new LinkedHashMap<>());
        tell(new AgentAdded(agent));
        return id;
    }

    /** The master stops hearing of it. No event says so; its tasks' do. */
    public synchronized void unreachable(String agentId) {
        master.unreachable.put(agentId, known(master.agents.remove(agentId), agentId));
        Instant since = now();
        for (TaskRun run : master.runsOn(agentId)) {
            TaskState state = partitionAware(run) ? TaskState.UNREACHABLE : TaskState.LOST;
            TaskStatus status = statuses.unreachable(state, since);
            master.unreachable(run.with(status));
            if (state == TaskState.LOST) {
                master.count(state);
            }
            tell(new TaskUpdated(run.spec(), status, state));
        }
    }

    /**
     * It registers again, under the id it has, with the tasks that it holds: after being unreachable, or with a new
     * master. A master that knows their frameworks adds the tasks first; one that doesn't, the agent.
     */
    public synchronized void returns(String agentId) {
        RegisteredAgent before = master.unreachable.remove(agentId);
        if (before == null) {
            before = known(master.recovered.remove(agentId), agentId);
        }
        RegisteredAgent agent = before.back(now(), before.registered().isBefore(master.term.started()));
        List<TaskRun> runs = List.copyOf(held(agentId).values());
        boolean strangers =
                runs.stream().anyMatch(run -> !master.knows(run.spec().frameworkId()));
        master.agents.put(agentId, agent);
        if (strangers) {
            tell(new AgentAdded(agent));
        }
        runs.stream().map(run -> run.spec().frameworkId()).distinct().forEach(frameworkId -> readd(frameworkId, runs));
        if (!strangers) {
            tell(new AgentAdded(agent));
        }
    }

    private void readd(String frameworkId, List<TaskRun> runs) {
        if (master.completedFrameworks.containsKey(frameworkId)) {
            return;
        }
        if (!master.frameworks.containsKey(frameworkId)) {
            FrameworkSpec spec = known(toldFrameworks.get(frameworkId), frameworkId);
            var framework = RegisteredFramework.recovered(frameworkId, spec);
            master.frameworks.put(frameworkId, framework);
            tell(new FrameworkAdded(framework));
        }
        for (TaskRun run : runs) {
            if (run.spec().frameworkId().equals(frameworkId)) {
                master.unreachableTasks.remove(run.spec().key());
                if (run.state().terminal()) {
                    held(run.spec().agentId()).remove(run.spec().key());
                    master.completed(run);
                } else {
                    master.tasks.put(run.spec().key(), run);
                }
                tell(new TaskAdded(run));
            }
        }
    }

    /** It shuts down or its machine goes down: its tasks are lost, and it is removed. */
    public synchronized void remove(String agentId, String why) {
        RegisteredAgent agent = known(master.agents.remove(agentId), agentId);
        String message = "Agent " + agent.spec().hostname() + " removed: " + why;
        for (TaskRun run : master.runsOn(agentId)) {
            end(run, statuses.byMaster(TaskState.LOST, "REASON_AGENT_REMOVED", message));
        }
        held.remove(agentId);
        tell(new AgentRemoved(agentId));
    }

    /** An operator marks it gone: no event but its tasks', and those of frameworks that don't know the state stay. */
    public synchronized void gone(String agentId) {
        RegisteredAgent agent = known(master.agents.remove(agentId), agentId);
        for (TaskRun run : master.runsOn(agent.id())) {
            if (partitionAware(run)) {
                end(run, statuses.byMaster(TaskState.GONE_BY_OPERATOR, "REASON_AGENT_REMOVED_BY_OPERATOR", GONE));
            } else {
                TaskStatus status = statuses.byMaster(TaskState.LOST, "REASON_AGENT_REMOVED", GONE);
                master.unreachable(run.with(status));
                tell(new TaskUpdated(run.spec(), status, TaskState.LOST));
            }
        }
        held.remove(agentId);
    }

    /** An operator deactivates or reactivates it. Only polling shows that. */
    public synchronized void deactivated(String agentId, boolean off) {
        master.agents.put(agentId, known(master.agents.get(agentId), agentId).deactivated(off));
    }

    // frameworks

    /** A scheduler subscribes for the first time and gets its framework's id. */
    public synchronized String subscribe(FrameworkSpec spec) {
        String id = master.nextFrameworkId();
        toldFrameworks.put(id, spec);
        var framework = RegisteredFramework.subscribed(id, spec, now());
        master.frameworks.put(id, framework);
        tell(new FrameworkAdded(framework));
        return id;
    }

    /** A scheduler subscribes again, perhaps with another name; after a failover before or after its Mesos agents. */
    public synchronized void resubscribe(String frameworkId, FrameworkSpec spec) {
        if (!master.frameworks.containsKey(frameworkId)) {
            tell(new FrameworkAdded(RegisteredFramework.recovered(frameworkId, spec)));
        }
        toldFrameworks.put(frameworkId, spec);
        var framework = RegisteredFramework.subscribed(frameworkId, spec, now());
        master.frameworks.put(frameworkId, framework);
        tell(new FrameworkUpdated(framework));
    }

    /** Its scheduler's connection drops. No event. */
    public synchronized void disconnect(String frameworkId) {
        master.frameworks.put(
                frameworkId,
                known(master.frameworks.get(frameworkId), frameworkId).disconnected());
    }

    /** It is torn down: its tasks are killed, then it is removed. */
    public synchronized void teardown(String frameworkId) {
        RegisteredFramework framework =
                known(master.frameworks.remove(frameworkId), frameworkId).removed(now());
        master.completedFrameworks.put(frameworkId, framework);
        String message = "Framework " + frameworkId + " removed";
        for (TaskRun run : MasterLedger.runsOf(frameworkId, master.tasks)) {
            end(run, statuses.byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message));
        }
        for (TaskRun run : MasterLedger.runsOf(frameworkId, master.unreachableTasks)) {
            // the status says killed, the task's own state lost
            TaskStatus status = statuses.byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message);
            master.completed(new TaskRun(run.spec(), TaskState.LOST, run.statuses()));
            tell(new TaskUpdated(run.spec(), status, TaskState.LOST));
        }
        tell(new FrameworkRemoved(framework));
    }

    // tasks

    /** The master takes the launch on; the Mesos agent hasn't heard of it yet. */
    public synchronized TaskKey launch(TaskSpec spec) {
        if (!master.frameworks.containsKey(spec.frameworkId()) || !master.agents.containsKey(spec.agentId())) {
            throw new NoSuchElementException("the cluster has no framework or Mesos agent of " + spec);
        }
        TaskRun run = TaskRun.staging(spec);
        master.tasks.put(spec.key(), run);
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
        var said = Optional.of(placement);
        TaskRun run = TaskRun.staging(spec)
                .with(statuses.byExecutor(spec, TaskState.STARTING, Optional.empty(), said))
                .with(statuses.byExecutor(spec, TaskState.RUNNING, Optional.empty(), said));
        held(spec.agentId()).put(spec.key(), run);
    }

    // the master

    /**
     * Another master leads, or this one restarted: it knows which Mesos agents there were, and nothing else, until each
     * {@linkplain #returns returns}. All streams end.
     */
    public synchronized void failOver() {
        endStreams();
        master = master.successor(newTerm());
    }

    synchronized void endStreams() {
        subscribers.forEach(Subscriber::end);
        subscribers.clear();
    }

    /** The Mesos agents that it waits for. */
    public synchronized List<String> recoveredAgents() {
        return List.copyOf(master.recovered.keySet());
    }

    synchronized ClusterView view() {
        return master.view();
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
        TaskStatus status = statuses.byExecutor(run.spec(), state, message, newPlacement.or(run::placement));
        TaskRun next = run.with(status);
        held(run.spec().agentId()).put(key, next);
        if (!master.tasks.containsKey(key)) {
            return;
        }
        if (state.terminal()) {
            end(run, status);
        } else {
            master.tasks.put(key, next);
            tell(new TaskUpdated(run.spec(), status, state));
        }
    }

    private void end(TaskRun run, TaskStatus status) {
        held(run.spec().agentId()).remove(run.spec().key());
        master.completed(run.with(status));
        master.count(status.state());
        tell(new TaskUpdated(run.spec(), status, status.state()));
    }

    private void tell(ClusterEvent event) {
        subscribers.forEach(subscriber -> subscriber.told(event));
    }

    private boolean partitionAware(TaskRun run) {
        return known(master.frameworks.get(run.spec().frameworkId()), run.spec().frameworkId())
                .spec()
                .partitionAware();
    }

    private Map<TaskKey, TaskRun> held(String agentId) {
        return known(held.get(agentId), agentId);
    }

    private LeaderTerm newTerm() {
        return new LeaderTerm(UUID.randomUUID().toString(), now(), now().plusMillis(5));
    }

    private Instant now() {
        return clock.instant();
    }

    private static <T> T known(@Nullable T there, String id) {
        if (there == null) {
            throw new NoSuchElementException("the cluster has no " + id);
        }
        return there;
    }
}
