package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.TestContainers.since;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Helpers with which tests apply a history of events to a {@link ClusterModel}. */
public final class Histories {
    static final Leader LEADER = new Leader("m1", "100.5");
    static final Leader NEXT_LEADER = new Leader("m2", "200.5");
    static final FrameworkId WEB = new FrameworkId("web");
    static final MesosAgentId S0 = new MesosAgentId("S0");
    static final MesosAgentId S1 = new MesosAgentId("S1");
    public static final RunningContainers NONE_REPORTED = reporting(Set.of());

    /** No agent is connected. */
    static final RunningContainers NO_AGENTS = _ -> Optional.empty();

    private Histories() {}

    /** The agents of all hosts are connected, and report these containers. */
    static RunningContainers reporting(Set<ContainerId> containers) {
        return reporting(containers.stream().collect(Collectors.toMap(Function.identity(), _ -> since(1))));
    }

    static RunningContainers reporting(Map<ContainerId, ReportedContainer> containers) {
        return _ -> Optional.of(containers);
    }

    public static TaskKey key(String task) {
        return new TaskKey(WEB, new TaskId(task), S0);
    }

    public static Launch launch(String task, long sequence) {
        return new Launch(key(task), sequence);
    }

    public static Task task(String id, TaskState state, String container) {
        return new Task(
                key(id),
                id,
                new MesosRole("web"),
                Optional.empty(),
                container.isEmpty() ? Optional.empty() : Optional.of(id),
                Optional.empty(),
                List.of(),
                state,
                container.isEmpty() ? Optional.empty() : Optional.of(ContainerId.parse(container)));
    }

    static SeenTask live(String id, TaskState state, String container) {
        return new SeenTask(task(id, state, container), Listing.LIVE, Optional.empty());
    }

    static SeenTask unreachable(String id, TaskState state, String container) {
        return live(id, state, container).in(Listing.UNREACHABLE);
    }

    static SeenTask completed(String id, TaskState state, String container) {
        return live(id, state, container).in(Listing.COMPLETED);
    }

    static SeenFramework framework(String principal, boolean recovered) {
        return new SeenFramework(new Framework(WEB, "web-platform", Optional.of(principal), "root", false), recovered);
    }

    static MesosAgent agent(MesosAgentId id) {
        return new MesosAgent(id, id + ".test", "192.0.2.1", Map.of(), true, false);
    }

    static ClusterEvent added(String id, TaskState state, String container) {
        return new ClusterEvent.TaskAdded(live(id, state, container));
    }

    static ClusterEvent updated(String id, TaskState state, String source, String container) {
        return new ClusterEvent.TaskUpdated(
                key(id),
                state,
                source,
                container.isEmpty() ? Optional.empty() : Optional.of(ContainerId.parse(container)));
    }

    static Snapshot listing(Leader leader, List<MesosAgent> agents, SeenTask... tasks) {
        return new Snapshot(
                Optional.of(leader), List.of(tasks), List.of(framework("svc-web", false)), Set.of(), agents, List.of());
    }

    static Snapshot nothing(Leader leader) {
        return new Snapshot(Optional.of(leader), List.of(), List.of(), Set.of(), List.of(), List.of());
    }

    static ClusterEvent subscribed(SeenTask... tasks) {
        return new ClusterEvent.Subscribed(LEADER, listing(LEADER, List.of(agent(S0)), tasks));
    }

    /** A model together with the events applied to it. */
    static final class Story {
        private final RunningContainers running;
        private final List<Launch> touched = new ArrayList<>();
        private ClusterModel model;

        Story(RunningContainers running, KnownLaunch... known) {
            this.running = running;
            this.model = ClusterModel.startingWith(Arrays.asList(known));
        }

        static Story of(ClusterEvent... events) {
            Story story = new Story(NONE_REPORTED);
            for (ClusterEvent event : events) {
                story.then(event);
            }
            return story;
        }

        Story then(ClusterEvent event) {
            ClusterModel.Change change = model.apply(event, running);
            model = change.model();
            touched.addAll(change.touched());
            return this;
        }

        /** Applies a poll that is requested and answered now, by a master whose counters agree with its listing. */
        Story polled(Leader leader, List<MesosAgent> agents, SeenTask... tasks) {
            Snapshot snapshot = listing(leader, agents, tasks);
            return polled(snapshot, new MasterTaskCounts.Around(snapshot.counts(), snapshot.counts()));
        }

        Story polled(Snapshot snapshot, MasterTaskCounts gauges) {
            return then(new ClusterEvent.Polled(
                    snapshot.leader().orElseThrow(), snapshot, model.state().version(), false, gauges));
        }

        Story polledBesideStream(long askedAt, SeenTask... tasks) {
            Snapshot snapshot = listing(LEADER, List.of(agent(S0)), tasks);
            MasterTaskCounts gauges = new MasterTaskCounts.Around(snapshot.counts(), snapshot.counts());
            return then(new ClusterEvent.Polled(LEADER, snapshot, askedAt, true, gauges));
        }

        long version() {
            return model.state().version();
        }

        ClusterState state() {
            return model.state();
        }

        Optional<TaskEnd> end(String task) {
            return end(task, 1);
        }

        Optional<TaskEnd> end(String task, long sequence) {
            return launched(task, sequence).end();
        }

        LaunchedTask launched(String task, long sequence) {
            return model.state().launch(launch(task, sequence)).orElseThrow();
        }

        List<Launch> touched() {
            return touched;
        }
    }
}
