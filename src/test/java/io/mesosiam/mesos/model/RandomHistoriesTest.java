package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.added;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.framework;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.nothing;
import static io.mesosiam.mesos.model.Histories.unreachable;
import static io.mesosiam.mesos.model.Histories.updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.HistoryLength;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories.Story;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Long random histories of a small cluster. A failure names the seed. */
class RandomHistoriesTest {
    static LongStream seeds() {
        return LongStream.range(0, 300).map(HistoryLength::seed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noRunningTaskEndsAndNoEndedTaskRuns(long seed) {
        Cluster cluster = new Cluster(new Random(seed));
        for (int i = 0; i < HistoryLength.steps(200); i++) {
            cluster.step();
            cluster.check();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void repeatedAndReorderedEventsConvergeWithTheNextListing(long seed) {
        Random random = new Random(seed);
        int tasks = HistoryLength.steps(5);
        List<ClusterEvent> events = new ArrayList<>();
        for (int t = 0; t < tasks; t++) {
            events.add(added("t" + t, TaskState.STAGING, ""));
            events.add(updated("t" + t, TaskState.STARTING, "SOURCE_EXECUTOR", "c" + t));
            events.add(updated("t" + t, TaskState.RUNNING, "SOURCE_EXECUTOR", "c" + t));
        }
        events.addAll(events.subList(0, random.nextInt(events.size())));
        Collections.shuffle(events, random);
        Story story = Story.of(Histories.subscribed());
        events.forEach(story::then);

        story.then(Histories.subscribed(IntStream.range(0, tasks)
                .mapToObj(t -> live("t" + t, TaskState.RUNNING, "c" + t))
                .toArray(SeenTask[]::new)));
        for (int t = 0; t < tasks; t++) {
            String task = "t" + t;
            assertThat(story.state().launches().values())
                    .filteredOn(l -> l.launch().key().equals(Histories.key(task))
                            && l.end().isEmpty())
                    .singleElement()
                    .satisfies(l -> assertThat(l.task())
                            .isEqualTo(live(task, TaskState.RUNNING, "c" + task.substring(1))
                                    .task()));
        }
    }

    /** A master with one Mesos agent, and a story that receives their events as a watch would. */
    private static final class Cluster {
        private final Random random;
        private final Story story = new Story(Histories.NONE_REPORTED);
        /** The tasks that really run, with their containers. */
        private final Map<String, String> running = new TreeMap<>();

        private Leader leader = LEADER;
        private boolean agentKnown = true;
        private boolean unreachable;
        private int count;

        Cluster(Random random) {
            this.random = random;
            subscribe();
        }

        void step() {
            switch (random.nextInt(9)) {
                case 0, 1 -> launch();
                case 2 -> end();
                case 3 -> goUnreachable();
                case 4 -> comeBack();
                case 5 -> failOver();
                case 6 -> subscribe();
                case 7 -> poll(false);
                default -> poll(true);
            }
        }

        void check() {
            Map<String, String> seen = new TreeMap<>();
            story.state().launches().values().stream()
                    .filter(l -> l.end().isEmpty())
                    .forEach(l -> seen.put(
                            l.launch().key().task().value(),
                            l.task().container().orElseThrow().value()));
            assertThat(seen).isEqualTo(running);
        }

        private void launch() {
            if (!agentKnown || unreachable) {
                return;
            }
            // Ids are reused after their task has ended.
            String task = "t" + random.nextInt(6);
            if (running.containsKey(task)) {
                return;
            }
            String container = "c" + count++;
            running.put(task, container);
            story.then(added(task, TaskState.STAGING, ""))
                    .then(updated(task, TaskState.STARTING, "SOURCE_EXECUTOR", container))
                    .then(updated(task, TaskState.RUNNING, "SOURCE_EXECUTOR", container));
        }

        private void end() {
            if (running.isEmpty() || !agentKnown || unreachable) {
                return;
            }
            String task = running.keySet().iterator().next();
            String container = running.remove(task);
            story.then(updated(task, TaskState.FINISHED, "SOURCE_EXECUTOR", random.nextBoolean() ? container : ""));
        }

        private void goUnreachable() {
            if (agentKnown && !unreachable) {
                unreachable = true;
                TaskState state = random.nextBoolean() ? TaskState.LOST : TaskState.UNREACHABLE;
                running.keySet().forEach(task -> story.then(updated(task, state, "SOURCE_MASTER", "")));
            }
        }

        private void comeBack() {
            if (agentKnown && !unreachable) {
                return;
            }
            boolean first = !agentKnown && random.nextBoolean();
            agentKnown = true;
            unreachable = false;
            if (first) {
                story.then(new ClusterEvent.AgentAdded(agent(S0)));
                story.then(new ClusterEvent.FrameworkSeen(framework("svc-web", true)));
            }
            running.forEach((task, container) -> story.then(added(task, TaskState.RUNNING, container)));
            if (!first) {
                story.then(new ClusterEvent.AgentAdded(agent(S0)));
            }
            story.then(new ClusterEvent.FrameworkSeen(framework("svc-web", false)));
        }

        private void failOver() {
            leader = new Leader("m" + random.nextInt(1000), "1." + count++);
            agentKnown = false;
            unreachable = false;
            subscribe();
        }

        private void subscribe() {
            story.then(new ClusterEvent.Subscribed(leader, snapshot()));
        }

        private void poll(boolean filtered) {
            TaskCounts counted = snapshot().counts();
            Snapshot shown = filtered ? nothing(leader) : snapshot();
            MasterTaskCounts gauges = random.nextInt(4) == 0
                    ? new MasterTaskCounts.Unknown("403")
                    : new MasterTaskCounts.Around(counted, counted);
            story.polled(shown, gauges);
        }

        private Snapshot snapshot() {
            if (!agentKnown) {
                return nothing(leader);
            }
            SeenTask[] tasks = running.entrySet().stream()
                    .map(e -> unreachable
                            ? unreachable(e.getKey(), TaskState.UNREACHABLE, e.getValue())
                            : live(e.getKey(), TaskState.RUNNING, e.getValue()))
                    .toArray(SeenTask[]::new);
            return Histories.listing(leader, unreachable ? List.of() : List.of(agent(S0)), tasks);
        }
    }
}
