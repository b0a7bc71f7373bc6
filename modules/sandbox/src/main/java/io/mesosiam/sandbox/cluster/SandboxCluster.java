package io.mesosiam.sandbox.cluster;

import static io.mesosiam.sandbox.cluster.MasterLedger.known;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.sandbox.cluster.ClusterEvent.AgentAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.AgentRemoved;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkRemoved;
import io.mesosiam.sandbox.cluster.ClusterEvent.FrameworkUpdated;
import io.mesosiam.sandbox.cluster.ClusterEvent.TaskAdded;
import io.mesosiam.sandbox.cluster.ClusterEvent.TaskUpdated;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;

/**
 * A cluster as its leading master sees it, and the state of its Mesos agents: after a failover a new master knows only
 * what they report. Every operation takes effect at once and sends its events in the order of a real master.
 * Thread-safe. An unknown id throws {@link NoSuchElementException}.
 */
public final class SandboxCluster {
    private static final String GONE = "Agent has been marked gone";

    private final InstantSource clock;
    private final Statuses statuses;

    @GuardedBy("this")
    private final List<Subscriber> subscribers = new ArrayList<>();

    @GuardedBy("this")
    private final AgentReports reports = new AgentReports();

    @GuardedBy("this")
    private MasterLedger master;

    public SandboxCluster(InstantSource clock) {
        this.clock = clock;
        this.statuses = new Statuses(clock);
        this.master = new MasterLedger(newTerm());
    }

    // Mesos agents

    /** A Mesos agent registers for the first time and gets its id. */
    public synchronized String register(AgentSpec spec) {
        String id = master.nextAgentId();
        var agent = new RegisteredAgent(id, spec, clock.instant(), Optional.empty(), true, false);
        master.agents.put(id, agent);
        reports.registered(id);
        send(new AgentAdded(agent));
        return id;
    }

    /** The master loses a Mesos agent. There is no event for it, only for its tasks. */
    public synchronized void unreachable(String agentId) {
        master.unreachable.put(agentId, known(master.agents.remove(agentId), agentId));
        Instant since = clock.instant();
        for (TaskRun run : master.runsOn(agentId)) {
            TaskState state = master.partitionAware(run) ? TaskState.UNREACHABLE : TaskState.LOST;
            TaskStatus status = statuses.unreachable(state, since);
            master.unreachable(run.with(status));
            if (state == TaskState.LOST) {
                master.count(state);
            }
            send(new TaskUpdated(run.spec(), status, state));
        }
    }

    /** A Mesos agent registers again, under its id and with its tasks: after being unreachable, or with a new master. */
    public synchronized void reregister(String agentId) {
        List<TaskRun> runs = reports.tasks(agentId);
        master.reregister(agentId, clock.instant(), runs, reports).forEach(this::send);
        for (TaskRun run : runs) {
            if (run.state().terminal() && !master.isCompleted(run)) {
                reports.remove(run);
            }
        }
    }

    /** A Mesos agent or its machine shuts down: its tasks are lost, and it is removed. */
    public synchronized void remove(String agentId, String why) {
        RegisteredAgent agent = known(master.agents.remove(agentId), agentId);
        String message = "Agent " + agent.spec().hostname() + " removed: " + why;
        for (TaskRun run : master.runsOn(agentId)) {
            end(run, statuses.byMaster(TaskState.LOST, "REASON_AGENT_REMOVED", message));
        }
        reports.removed(agentId);
        send(new AgentRemoved(agentId));
    }

    /**
     * An operator marks a Mesos agent gone: there are events for its tasks only, and tasks of frameworks that do not
     * support the state stay.
     */
    public synchronized void gone(String agentId) {
        RegisteredAgent agent = known(master.agents.remove(agentId), agentId);
        for (TaskRun run : master.runsOn(agent.id())) {
            if (master.partitionAware(run)) {
                end(run, statuses.byMaster(TaskState.GONE_BY_OPERATOR, "REASON_AGENT_REMOVED_BY_OPERATOR", GONE));
            } else {
                TaskStatus status = statuses.byMaster(TaskState.LOST, "REASON_AGENT_REMOVED", GONE);
                master.unreachable(run.with(status));
                send(new TaskUpdated(run.spec(), status, TaskState.LOST));
            }
        }
        reports.removed(agentId);
    }

    /** An operator deactivates or reactivates a Mesos agent. This is visible by polling only. */
    public synchronized void deactivated(String agentId, boolean off) {
        master.agents.put(agentId, known(master.agents.get(agentId), agentId).deactivated(off));
    }

    // frameworks

    /** A scheduler subscribes for the first time and gets its framework's id. */
    public synchronized String subscribe(FrameworkSpec spec) {
        String id = master.nextFrameworkId();
        reports.framework(id, spec);
        var framework = RegisteredFramework.subscribed(id, spec, clock.instant());
        master.frameworks.put(id, framework);
        send(new FrameworkAdded(framework));
        return id;
    }

    /** A scheduler subscribes again, possibly with another name; after a failover before or after its Mesos agents. */
    public synchronized void resubscribe(String frameworkId, FrameworkSpec spec) {
        if (!master.frameworks.containsKey(frameworkId)) {
            send(new FrameworkAdded(RegisteredFramework.recovered(frameworkId, spec)));
        }
        reports.framework(frameworkId, spec);
        var framework = RegisteredFramework.subscribed(frameworkId, spec, clock.instant());
        master.frameworks.put(frameworkId, framework);
        send(new FrameworkUpdated(framework));
    }

    /** The connection of a scheduler drops. There is no event. */
    public synchronized void disconnect(String frameworkId) {
        master.frameworks.put(
                frameworkId,
                known(master.frameworks.get(frameworkId), frameworkId).disconnected());
    }

    /** A framework is torn down: its tasks are killed, then it is removed. */
    public synchronized void teardown(String frameworkId) {
        RegisteredFramework framework =
                known(master.frameworks.remove(frameworkId), frameworkId).removed(clock.instant());
        master.completedFrameworks.put(frameworkId, framework);
        String message = "Framework " + frameworkId + " removed";
        for (TaskRun run : MasterLedger.runsOf(frameworkId, master.tasks)) {
            end(run, statuses.byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message));
        }
        for (TaskRun run : MasterLedger.runsOf(frameworkId, master.unreachableTasks)) {
            // the status is killed, the state of the task is lost
            TaskStatus status = statuses.byMaster(TaskState.KILLED, "REASON_FRAMEWORK_REMOVED", message);
            master.completed(new TaskRun(run.spec(), TaskState.LOST, run.statuses()));
            send(new TaskUpdated(run.spec(), status, TaskState.LOST));
        }
        send(new FrameworkRemoved(framework));
    }

    // tasks

    /** The master accepts a launch; the Mesos agent has not received it yet. */
    public synchronized TaskKey launch(TaskSpec spec) {
        if (!master.frameworks.containsKey(spec.frameworkId()) || !master.agents.containsKey(spec.agentId())) {
            throw new NoSuchElementException("the cluster has no framework or Mesos agent of " + spec);
        }
        TaskRun run = TaskRun.staging(spec);
        master.tasks.put(spec.key(), run);
        reports.put(run);
        send(new TaskAdded(run));
        return spec.key();
    }

    /** The container of a task exists: the first status, and the first with a container id. */
    public synchronized void starting(TaskKey key, Placement placement) {
        byExecutor(key, TaskState.STARTING, Optional.empty(), Optional.of(placement));
    }

    /** The process of a task runs. */
    public synchronized void running(TaskKey key) {
        byExecutor(key, TaskState.RUNNING, Optional.empty(), Optional.empty());
    }

    /**
     * The process of a task runs at another address than first reported: the addresses of pods are correct only from
     * here on.
     */
    public synchronized void running(TaskKey key, Placement placement) {
        byExecutor(key, TaskState.RUNNING, Optional.empty(), Optional.of(placement));
    }

    /**
     * An executor reports that a task is being killed or has ended. While no master leads, only the Mesos agent knows.
     */
    public synchronized void updateStatus(TaskKey key, TaskState state, String message) {
        byExecutor(key, state, Optional.of(message), Optional.empty());
    }

    /**
     * A compromised Mesos agent reports a task that no master launched. It is visible after the Mesos agent registers
     * again.
     */
    public synchronized void invent(TaskSpec spec, FrameworkSpec framework, Placement placement) {
        reports.frameworkIfAbsent(spec.frameworkId(), framework);
        var first = Optional.of(placement);
        TaskRun run = TaskRun.staging(spec)
                .with(statuses.byExecutor(spec, TaskState.STARTING, Optional.empty(), first))
                .with(statuses.byExecutor(spec, TaskState.RUNNING, Optional.empty(), first));
        reports.put(run);
    }

    // the master

    /**
     * Another master leads, or this one restarted: it knows the ids of the Mesos agents and nothing else, until each
     * {@linkplain #reregister registers again}. All streams end.
     */
    public synchronized void failOver() {
        endStreams();
        master = master.successor(newTerm());
    }

    /** Ends all streams, as a master that stops. */
    public synchronized void endStreams() {
        subscribers.forEach(Subscriber::end);
        subscribers.clear();
    }

    /** The id of the leading master. */
    public synchronized String leaderId() {
        return master.term.id();
    }

    /** The Mesos agents that have not registered again yet. */
    public synchronized List<String> recoveredAgents() {
        return List.copyOf(master.recovered.keySet());
    }

    /** What the leading master returns now. */
    public synchronized ClusterView view() {
        return master.view();
    }

    /** Sends the current view to a subscriber and then every event; the subscriber must not block. */
    public synchronized void subscribe(Subscriber subscriber) {
        subscriber.first(view());
        subscribers.add(subscriber);
    }

    public synchronized void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber);
    }

    /** Number of open streams. */
    public synchronized int subscribers() {
        return subscribers.size();
    }

    @GuardedBy("this")
    private void byExecutor(TaskKey key, TaskState state, Optional<String> message, Optional<Placement> newPlacement) {
        TaskRun run = reports.task(key);
        TaskStatus status = statuses.byExecutor(run.spec(), state, message, newPlacement.or(run::placement));
        TaskRun next = run.with(status);
        reports.put(next);
        if (!master.tasks.containsKey(key)) {
            return;
        }
        if (state.terminal()) {
            end(run, status);
        } else {
            master.tasks.put(key, next);
            send(new TaskUpdated(run.spec(), status, state));
        }
    }

    @GuardedBy("this")
    private void end(TaskRun run, TaskStatus status) {
        reports.remove(run);
        master.completed(run.with(status));
        master.count(status.state());
        send(new TaskUpdated(run.spec(), status, status.state()));
    }

    @GuardedBy("this")
    private void send(ClusterEvent event) {
        subscribers.forEach(subscriber -> subscriber.changed(event));
    }

    private LeaderTerm newTerm() {
        return new LeaderTerm(
                UUID.randomUUID().toString(), clock.instant(), clock.instant().plusMillis(5));
    }
}
