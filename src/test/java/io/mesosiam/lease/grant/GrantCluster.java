package io.mesosiam.lease.grant;

import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The true state of a cluster, and the events of its masters. */
final class GrantCluster {
    /** The last one has another principal. */
    static final List<FrameworkId> FRAMEWORKS =
            List.of(new FrameworkId("F1"), new FrameworkId("F2"), new FrameworkId("F3"));

    final List<Run> runs = new ArrayList<>();
    /** Hosts that have not registered with the leading master. */
    final Set<MesosAgentId> away = new HashSet<>();

    private int term = 1;

    /** One launch of a task. */
    static final class Run {
        final TaskKey key;
        final MesosRole role;
        final List<Label> labels;
        Optional<ContainerId> container = Optional.empty();
        boolean over;

        Run(TaskKey key, MesosRole role, List<Label> labels) {
            this.key = key;
            this.role = role;
            this.labels = labels;
        }

        Optional<TaskContainer> inContainer() {
            return container.map(in -> new TaskContainer(key, in));
        }

        String principal() {
            return GrantCluster.principal(key.framework());
        }

        Task task(TaskState state, Optional<ContainerId> shown) {
            return new Task(
                    key,
                    key.task().value(),
                    role,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    labels,
                    state,
                    shown);
        }

        ClusterEvent update(TaskState state) {
            return new ClusterEvent.TaskUpdated(key, state, "SOURCE_EXECUTOR", container);
        }

        @Override
        public String toString() {
            return key + " in " + container.map(ContainerId::toString).orElse("-") + " " + role + " "
                    + labels.stream()
                            .map(label -> label.key() + "=" + label.value().orElse(""))
                            .toList();
        }
    }

    List<Run> running() {
        return runs.stream().filter(run -> !run.over).toList();
    }

    List<Run> running(TaskContainer in) {
        return running().stream()
                .filter(run -> run.inContainer().equals(Optional.of(in)))
                .toList();
    }

    /** Whether another running task is in its container. */
    boolean shares(Run run) {
        return run.container.isPresent()
                && running().stream()
                        .anyMatch(other -> !other.equals(run)
                                && other.container.equals(run.container)
                                && other.key.agent().equals(run.key.agent()));
    }

    static String principal(FrameworkId framework) {
        return framework.equals(FRAMEWORKS.getLast()) ? "another" : "principal";
    }

    /** A new leader, or the same one for another subscriber. Some tasks have no container in it. */
    List<ClusterEvent> subscribed(Predicate<Run> withContainer) {
        List<SeenTask> tasks = running().stream()
                .filter(run -> !away.contains(run.key.agent()))
                .map(run -> seen(run, withContainer.test(run)))
                .toList();
        Leader leader = new Leader("master-" + term, String.valueOf(term));
        return List.of(
                new ClusterEvent.Subscribed(
                        leader,
                        new Snapshot(
                                Optional.of(leader),
                                tasks,
                                FRAMEWORKS.stream().map(GrantCluster::framework).toList(),
                                Set.of(),
                                SimulatedCluster.HOSTS.stream()
                                        .filter(host -> !away.contains(host))
                                        .map(GrantCluster::host)
                                        .toList(),
                                List.of())),
                new ClusterEvent.FlagsRead(new Enforcement(true, true, true, true)));
    }

    void failOver() {
        term++;
        away.addAll(SimulatedCluster.HOSTS);
    }

    /** The host registers with the leading master. */
    List<ClusterEvent> returned(MesosAgentId host, Predicate<Run> withContainer) {
        away.remove(host);
        List<ClusterEvent> events = new ArrayList<>();
        running().stream()
                .filter(run -> run.key.agent().equals(host))
                .forEach(run -> events.add(new ClusterEvent.TaskAdded(seen(run, withContainer.test(run)))));
        events.add(new ClusterEvent.AgentAdded(host(host)));
        return events;
    }

    private static SeenTask seen(Run run, boolean withContainer) {
        TaskState state = run.container.isEmpty() ? TaskState.STAGING : TaskState.RUNNING;
        return new SeenTask(
                run.task(state, run.container.filter(_ -> withContainer)), SeenTask.Listing.LIVE, Optional.empty());
    }

    private static SeenFramework framework(FrameworkId id) {
        return new SeenFramework(new Framework(id, id.value(), Optional.of(principal(id)), "user", false), false);
    }

    private static MesosAgent host(MesosAgentId id) {
        return new MesosAgent(id, id.value(), "10.0.0.1", Map.of(), true, false);
    }
}
