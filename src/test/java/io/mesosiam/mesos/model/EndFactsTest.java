package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.WEB;
import static io.mesosiam.mesos.model.Histories.added;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.completed;
import static io.mesosiam.mesos.model.Histories.launch;
import static io.mesosiam.mesos.model.Histories.listing;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.subscribed;
import static io.mesosiam.mesos.model.Histories.unreachable;
import static io.mesosiam.mesos.model.Histories.updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories.Story;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Events that end a launch and events that don't, one case per row. Every history begins with the running task {@code
 * a} in container {@code c1}.
 */
class EndFactsTest {
    private static final ClusterEvent AGENT_REMOVED = new ClusterEvent.AgentRemoved(S0);
    private static final ClusterEvent LOST_BY_MASTER = updated("a", TaskState.LOST, "SOURCE_MASTER", "");

    static Arguments[] histories() {
        return new Arguments[] {
            ends("finished", new TaskEnd.Terminal(TaskState.FINISHED), fromExecutor(TaskState.FINISHED)),
            ends("failed", new TaskEnd.Terminal(TaskState.FAILED), fromExecutor(TaskState.FAILED)),
            ends("killed", new TaskEnd.Terminal(TaskState.KILLED), fromExecutor(TaskState.KILLED)),
            ends("error", new TaskEnd.Terminal(TaskState.ERROR), byMaster(TaskState.ERROR)),
            ends("dropped", new TaskEnd.Terminal(TaskState.DROPPED), byMaster(TaskState.DROPPED)),
            ends("gone", new TaskEnd.Terminal(TaskState.GONE), byMaster(TaskState.GONE)),
            ends(
                    "gone by operator",
                    new TaskEnd.Terminal(TaskState.GONE_BY_OPERATOR),
                    byMaster(TaskState.GONE_BY_OPERATOR)),
            ends(
                    "added again as ended, after its Mesos agent was away",
                    new TaskEnd.Terminal(TaskState.FINISHED),
                    byMaster(TaskState.UNREACHABLE),
                    added("a", TaskState.FINISHED, "c1")),
            ends("lost, then its Mesos agent removed", new TaskEnd.AgentRemoved(S0), LOST_BY_MASTER, AGENT_REMOVED),
            ends("Mesos agent removed, then lost", new TaskEnd.AgentRemoved(S0), AGENT_REMOVED, LOST_BY_MASTER),
            ends(
                    "lost as reported by its Mesos agent",
                    new TaskEnd.LostAtSource("SOURCE_AGENT"),
                    updated("a", TaskState.LOST, "SOURCE_AGENT", "c1")),
            ends(
                    "lost as reported by its executor",
                    new TaskEnd.LostAtSource("SOURCE_EXECUTOR"),
                    updated("a", TaskState.LOST, "SOURCE_EXECUTOR", "c1")),
            ends(
                    "framework torn down while its Mesos agent is away",
                    new TaskEnd.FrameworkRemoved(WEB),
                    byMaster(TaskState.UNREACHABLE),
                    LOST_BY_MASTER,
                    new ClusterEvent.FrameworkRemoved(WEB)),
            ends("launched again", new TaskEnd.Relaunched(2), added("a", TaskState.STAGING, "")),
            ends(
                    "listed with another container",
                    new TaskEnd.Relaunched(2),
                    subscribed(live("a", TaskState.RUNNING, "c2"))),
            ends(
                    "listed as completed",
                    new TaskEnd.Terminal(TaskState.FAILED),
                    subscribed(completed("a", TaskState.FAILED, "c1"))),
            ends(
                    "listed as live, ended and not acknowledged",
                    new TaskEnd.Terminal(TaskState.FAILED),
                    subscribed(live("a", TaskState.FAILED, "c1"))),
            ends(
                    "its host's agent observed the end of its container",
                    new TaskEnd.ContainerEnded(ContainerId.of("c1")),
                    new ClusterEvent.EndObserved(launch("a", 1), new TaskEnd.ContainerEnded(ContainerId.of("c1")))),
            ends(
                    "its instance is terminated",
                    new TaskEnd.InstanceTerminated("i-1"),
                    new ClusterEvent.EndObserved(launch("a", 1), new TaskEnd.InstanceTerminated("i-1"))),
            lives("unreachable", byMaster(TaskState.UNREACHABLE)),
            lives("lost as reported by the master only", LOST_BY_MASTER),
            lives("lost without a source", updated("a", TaskState.LOST, "", "")),
            lives("lost by a source that a later Mesos adds", updated("a", TaskState.LOST, "SOURCE_ORACLE", "")),
            lives("its Mesos agent removed, no status", AGENT_REMOVED),
            lives(
                    "lost, back, and then its Mesos agent removed",
                    LOST_BY_MASTER,
                    added("a", TaskState.RUNNING, "c1"),
                    AGENT_REMOVED),
            lives(
                    "its Mesos agent removed, back, then lost",
                    AGENT_REMOVED,
                    new ClusterEvent.AgentAdded(agent(S0)),
                    LOST_BY_MASTER),
            lives("a state that a later Mesos adds", updated("a", TaskState.UNKNOWN, "SOURCE_EXECUTOR", "c1")),
            lives("being killed", fromExecutor(TaskState.KILLING)),
            lives("a late update of another container", updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", "c0")),
            lives(
                    "an earlier run listed as completed",
                    subscribed(live("a", TaskState.RUNNING, "c1"), completed("a", TaskState.FINISHED, "c0"))),
            lives("listed as unreachable", subscribed(unreachable("a", TaskState.UNREACHABLE, "c1"))),
            lives("listed as lost", subscribed(unreachable("a", TaskState.LOST, "c1"))),
            lives("listed as completed and lost", subscribed(completed("a", TaskState.LOST, "c1"))),
            lives("not listed", subscribed()),
            lives("back with its Mesos agent", byMaster(TaskState.UNREACHABLE), added("a", TaskState.RUNNING, "c1")),
            lives("another framework removed", new ClusterEvent.FrameworkRemoved(new FrameworkId("other"))),
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void launchEndsOnlyOnProof(String what, Optional<TaskEnd> end, List<ClusterEvent> events) {
        Story story = runningTask();
        events.forEach(story::then);

        assertThat(story.end("a")).isEqualTo(end);
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void onlyTerminalStatesProveAnEnd(TaskState state) {
        Story story = runningTask().then(byMaster(state));

        assertThat(story.end("a").isPresent()).isEqualTo(state.isEnd());
    }

    @Test
    void firstProofIsKept() {
        Story story = runningTask().then(fromExecutor(TaskState.FINISHED)).then(new ClusterEvent.FrameworkRemoved(WEB));

        assertThat(story.end("a")).contains(new TaskEnd.Terminal(TaskState.FINISHED));
    }

    @Test
    void runOnAnotherMesosAgentContinuesWhenATaskIdIsReused() {
        Task elsewhere = new Task(
                new TaskKey(WEB, new TaskId("a"), Histories.S1),
                "a",
                new MesosRole("web"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TaskState.STAGING,
                Optional.empty());
        Story story = runningTask()
                .then(byMaster(TaskState.UNREACHABLE))
                .then(new ClusterEvent.TaskAdded(new SeenTask(elsewhere, SeenTask.Listing.LIVE, Optional.empty())));

        assertThat(story.end("a")).isEmpty();
        assertThat(story.state().launches()).containsKey(new Launch(elsewhere.key(), 1));
    }

    @Test
    void endOfAnEarlierRunDoesNotEndALaterOne() {
        Story story = runningTask()
                .then(added("a", TaskState.STAGING, ""))
                .then(updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", "c1"));

        assertThat(story.end("a", 2)).isEmpty();
    }

    @Test
    void frameworkListedAsCompletedWasRemoved() {
        Snapshot without =
                new Snapshot(Optional.of(LEADER), List.of(), List.of(), Set.of(WEB), List.of(agent(S0)), List.of());
        Story story = runningTask().polled(without, new MasterTaskCounts.Unknown("not asked"));

        assertThat(story.end("a")).contains(new TaskEnd.FrameworkRemoved(WEB));
    }

    @Test
    void endedLaunchesAreRemovedWhenNoLongerNeeded() {
        Story story = runningTask()
                .then(fromExecutor(TaskState.FINISHED))
                .then(new ClusterEvent.Forgotten(Set.of(launch("a", 1))))
                .then(added("a", TaskState.STAGING, ""));

        assertThat(story.state().launch(launch("a", 1))).isEmpty();
        assertThat(story.launched("a", 2).end()).isEmpty();
    }

    @Test
    void runningLaunchesAreNotForgotten() {
        Story story = runningTask().then(new ClusterEvent.Forgotten(Set.of(launch("a", 1))));

        assertThat(story.end("a")).isEmpty();
    }

    @Test
    void endedLaunchesAreBounded() {
        Story story = Story.of(subscribed());
        for (int i = 0; i <= ClusterModel.MAX_ENDED; i++) {
            story.then(added("t" + i, TaskState.STAGING, ""));
            story.then(updated("t" + i, TaskState.FINISHED, "SOURCE_EXECUTOR", "c" + i));
        }

        assertThat(story.state().launches()).hasSize(ClusterModel.MAX_ENDED).doesNotContainKey(launch("t0", 1));
    }

    /** Leases end with a shown end: that a launch is no longer shown proves nothing. */
    @Test
    void launchesThatOneListingEndsAreShownAsEnded() {
        int all = ClusterModel.MAX_ENDED + 100;
        Story story = Story.of(subscribed(IntStream.range(0, all)
                        .mapToObj(i -> live("t" + i, TaskState.RUNNING, "c" + i))
                        .toArray(SeenTask[]::new)))
                .polled(LEADER, List.of(agent(S0)))
                .polled(LEADER, List.of(agent(S0)));
        assertThat(story.state().launches().values()).hasSize(all).allMatch(launched -> launched.end()
                .isPresent());

        story.then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c"));
        assertThat(story.state().launches()).hasSize(all - 2);

        story.polled(LEADER, List.of(agent(S0)));
        assertThat(story.state().launches()).hasSize(ClusterModel.MAX_ENDED);
    }

    private static Story runningTask() {
        return Story.of(
                new ClusterEvent.Subscribed(LEADER, listing(LEADER, List.of(agent(S0)))),
                added("a", TaskState.STAGING, ""),
                fromExecutor(TaskState.RUNNING));
    }

    private static ClusterEvent fromExecutor(TaskState state) {
        return updated("a", state, "SOURCE_EXECUTOR", "c1");
    }

    private static ClusterEvent byMaster(TaskState state) {
        return updated("a", state, "SOURCE_MASTER", "");
    }

    private static Arguments ends(String what, TaskEnd end, ClusterEvent... events) {
        return Arguments.of(what, Optional.of(end), List.of(events));
    }

    private static Arguments lives(String what, ClusterEvent... events) {
        return Arguments.of(what, Optional.empty(), List.of(events));
    }

    /**
     * A listed task that can't be read may be any launch that its readable parts don't contradict. That launch isn't
     * absent, so its lease stays.
     */
    @ParameterizedTest
    @MethodSource("rejectedTasks")
    void taskThatCannotBeReadInAListingIsNotAbsent(String name, Rejected.OneTask rejected, boolean ends) {
        Story story = Story.of(subscribed(live("a", TaskState.RUNNING, "c1"), live("b", TaskState.RUNNING, "c2")));
        for (int poll = 0; poll < 5; poll++) {
            Snapshot snapshot = new Snapshot(
                    Optional.of(LEADER),
                    List.of(live("b", TaskState.RUNNING, "c2")),
                    List.of(Histories.framework("svc-web", false)),
                    Set.of(),
                    List.of(agent(S0)),
                    List.of(rejected));
            story.polled(snapshot, new MasterTaskCounts.Around(snapshot.counts(), snapshot.counts()));
        }

        assertThat(story.end("a").isPresent()).isEqualTo(ends);
        assertThat(story.end("b")).isEmpty();
    }

    @Test
    void launchThatHasEndedKeepsItsLabelsIfTheyAreShort() {
        Label team = new Label("team", Optional.of("data"));
        Label large = new Label("notes", Optional.of("n".repeat(2_000)));

        Story story = Story.of(
                subscribed(labelled("a", "", team), labelled("b", "", team, large)),
                updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", ""),
                updated("b", TaskState.FINISHED, "SOURCE_EXECUTOR", ""));

        assertThat(story.launched("a", 1).task().labels()).containsExactly(team);
        assertThat(story.launched("b", 1).task().labels()).containsExactly(Label.NOT_KEPT);
    }

    /** A master lists it so when its connection to the Mesos agent breaks, and the framework doesn't checkpoint. */
    @Test
    void launchThatIsListedAsCompletedAndLostKeepsWhatPoliciesCompare() {
        Label team = new Label("team", Optional.of("data"));
        SeenTask running = labelled("a", "c1", team);

        Story story = Story.of(subscribed(running), subscribed(completedAndLost("a", "c1")));

        assertThat(story.end("a")).isEmpty();
        assertThat(story.launched("a", 1).task()).isEqualTo(running.task().in(TaskState.LOST));
    }

    /** As it is read: without name and labels. */
    private static SeenTask completedAndLost(String id, String container) {
        Task task = Histories.task(id, TaskState.LOST, container);
        return new SeenTask(
                new Task(
                        task.key(),
                        "",
                        task.role(),
                        Optional.empty(),
                        task.executorId(),
                        Optional.empty(),
                        List.of(),
                        task.state(),
                        task.container()),
                SeenTask.Listing.COMPLETED,
                Optional.empty());
    }

    private static SeenTask labelled(String id, String container, Label... labels) {
        Task task = Histories.task(id, TaskState.RUNNING, container);
        return new SeenTask(
                new Task(
                        task.key(),
                        task.name(),
                        task.role(),
                        task.user(),
                        task.executorId(),
                        task.image(),
                        List.of(labels),
                        task.state(),
                        task.container()),
                SeenTask.Listing.LIVE,
                Optional.empty());
    }

    static Arguments[] rejectedTasks() {
        Optional<FrameworkId> web = Optional.of(WEB);
        Optional<MesosAgentId> s0 = Optional.of(S0);
        return new Arguments[] {
            rejected("without readable parts", Optional.empty(), Optional.empty(), Optional.empty(), false),
            rejected("of the same framework and Mesos agent", web, Optional.empty(), s0, false),
            rejected("with the same id", Optional.empty(), Optional.of(new TaskId("a")), Optional.empty(), false),
            rejected("of another framework", Optional.of(new FrameworkId("other")), Optional.empty(), s0, true),
            rejected("on another Mesos agent", web, Optional.empty(), Optional.of(Histories.S1), true),
            rejected("with another id", web, Optional.of(new TaskId("z")), s0, true),
        };
    }

    private static Arguments rejected(
            String name,
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            boolean ends) {
        return Arguments.of(
                name,
                new Rejected.OneTask(
                        framework, task, agent, TaskState.RUNNING, SeenTask.Listing.LIVE, "task id is not UTF-8"),
                ends);
    }
}
