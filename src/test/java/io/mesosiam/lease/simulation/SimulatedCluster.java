package io.mesosiam.lease.simulation;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The true state of a cluster, and the part of it that is reported. */
public final class SimulatedCluster {
    public static final List<MesosAgentId> HOSTS =
            List.of(new MesosAgentId("S1"), new MesosAgentId("S2"), new MesosAgentId("S3"));
    public static final List<FrameworkId> FRAMEWORKS = List.of(new FrameworkId("F1"), new FrameworkId("F2"));

    public final Map<Launch, Run> runs = new LinkedHashMap<>();

    /** Running launches that the master leaves out. By its own counters the listing is not complete then. */
    public final Set<Launch> hidden = new HashSet<>();

    public final Set<FrameworkId> unseenFrameworks = new HashSet<>();
    public boolean led = true;
    public boolean answers = true;
    public final Set<MesosAgentId> unregistered = new HashSet<>();
    private long version;

    /** One launch: its true state, and the end that the master has reported. */
    public static final class Run {
        public final Launch launch;
        public TaskState state = TaskState.STAGING;
        public Optional<ContainerId> container = Optional.empty();
        public List<Label> labels = List.of();
        public boolean over;
        public Optional<TaskEnd> reportedEnd = Optional.empty();

        Run(Launch launch) {
            this.launch = launch;
        }
    }

    public Run start(FrameworkId framework, int task, MesosAgentId host) {
        long sequence = 1
                + runs.keySet().stream()
                        .filter(launch -> launch.key().framework().equals(framework)
                                && launch.key().task().value().equals("t" + task)
                                && launch.key().agent().equals(host))
                        .count();
        Launch launch = TestLaunches.launch(framework.value(), "t" + task, host, sequence);
        Run run = new Run(launch);
        runs.put(launch, run);
        return run;
    }

    public List<Run> running() {
        return runs.values().stream().filter(run -> !run.over).toList();
    }

    /** Whether the task shares its container with another running task. */
    public boolean shares(Run run) {
        return run.container.isPresent()
                && running().stream()
                        .anyMatch(other -> !other.equals(run)
                                && other.container.equals(run.container)
                                && other.launch
                                        .key()
                                        .agent()
                                        .equals(run.launch.key().agent()));
    }

    /** The container of another running task of the same framework on the same host, as with a custom executor. */
    public Optional<ContainerId> neighbourOf(Run run) {
        return running().stream()
                .filter(other -> other.launch
                                .key()
                                .framework()
                                .equals(run.launch.key().framework())
                        && other.launch.key().agent().equals(run.launch.key().agent()))
                .flatMap(other -> other.container.stream())
                .findFirst();
    }

    public ClusterState state() {
        Map<Launch, LaunchedTask> launches = new HashMap<>();
        runs.values().stream()
                .filter(run -> !hidden.contains(run.launch))
                .forEach(run -> launches.put(
                        run.launch,
                        TestLaunches.labelled(
                                TestLaunches.task(run.launch, run.state, run.container, run.reportedEnd), run.labels)));
        Map<FrameworkId, Framework> frameworks = new HashMap<>();
        FRAMEWORKS.stream()
                .filter(id -> !unseenFrameworks.contains(id))
                .forEach(id ->
                        frameworks.put(id, new Framework(id, id.value(), Optional.of("principal"), "user", false)));
        Map<MesosAgentId, MesosAgent> agents = new HashMap<>();
        HOSTS.stream()
                .filter(id -> !unregistered.contains(id))
                .forEach(id -> agents.put(id, new MesosAgent(id, id.value(), "10.0.0.1", Map.of(), true, false)));
        return new ClusterState(
                ++version,
                led ? Optional.of(new Leader("m", "1")) : Optional.empty(),
                answers,
                new Enforcement(true, true, true, true),
                hidden.isEmpty() ? new Completeness.Whole() : new Completeness.Incomplete("tasks are hidden"),
                frameworks,
                agents,
                launches);
    }
}
