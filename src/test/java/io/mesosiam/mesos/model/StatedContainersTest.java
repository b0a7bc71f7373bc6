package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.TestContainers.since;
import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.added;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.launch;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.subscribed;
import static io.mesosiam.mesos.model.Histories.updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories.Story;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Executors state the containers of their tasks: a status can name another one than the task's own. */
class StatedContainersTest {
    private static final ReportedContainer ATTACKERS =
            new ReportedContainer(1, Optional.of(new ReportedContainer.Executor(Histories.WEB, "attacker")));
    private static final ReportedContainer OWN =
            new ReportedContainer(1, Optional.of(new ReportedContainer.Executor(Histories.WEB, "a")));

    /** An executor can name any container in a status, also in one of another executor's task. */
    @Test
    void statusThatNamesAnotherContainerBeginsNoRunWhileTheKnownContainerRuns() {
        Story story = new Story(Histories.reporting(Set.of(ContainerId.of("c1"), ContainerId.of("c2"))))
                .then(subscribed(live("a", TaskState.RUNNING, "c1")));

        for (int i = 0; i < 3; i++) {
            story.polledBesideStream(story.version(), live("a", TaskState.RUNNING, "c2"));
        }
        story.then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c2"))
                .then(added("a", TaskState.RUNNING, "c2"))
                .then(subscribed(live("a", TaskState.RUNNING, "c2")))
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c2"));

        assertThat(story.state().launches()).containsOnlyKeys(launch("a", 1));
        assertThat(story.launched("a", 1).task().container()).contains(ContainerId.of("c1"));
        assertThat(story.end("a")).isEmpty();
    }

    /** The first status can be forged; the host's agent learns from Mesos itself whose container it is. */
    @Test
    void listingMovesATaskOutOfAContainerThatIsReportedAsAnotherExecutors() {
        Story story = launchedAndStatedIn("c1", Map.of(ContainerId.of("c1"), ATTACKERS, ContainerId.of("c2"), OWN));
        assertThat(story.launched("a", 1).task().container()).contains(ContainerId.of("c1"));

        shownTwice(story, "c2");

        assertThat(story.end("a", 1)).contains(new TaskEnd.Relaunched(2));
        assertMoved(story, 2);
    }

    @Test
    void listingMovesATaskOutOfAContainerThatNeverExisted() {
        Story story = launchedAndStatedIn("c1", Map.of(ContainerId.of("c2"), OWN));

        shownTwice(story, "c2");

        assertMoved(story, 2);
    }

    @Test
    void listingMovesATaskOutOfAnotherExecutorsContainerThatHasEnded() {
        Map<ContainerId, ReportedContainer> reported =
                new HashMap<>(Map.of(ContainerId.of("c1"), ATTACKERS, ContainerId.of("c2"), OWN));
        Story story = launchedAndStatedIn("c1", reported);
        reported.remove(ContainerId.of("c1"));

        shownTwice(story, "c2");

        assertMoved(story, 2);
    }

    @Test
    void listingsMoveATaskThroughContainersThatDoNotExistAndItsNextLaunchIsAnotherRun() {
        Story story = launchedAndStatedIn("c1", Map.of(ContainerId.of("c2"), OWN));

        shownTwice(story, "c3");
        shownTwice(story, "c2");
        assertMoved(story, 3);

        story.then(updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", "c2")).then(added("a", TaskState.STAGING, ""));
        assertThat(story.end("a", 3)).contains(new TaskEnd.Terminal(TaskState.FINISHED));
        assertThat(story.end("a", 4)).isEmpty();
    }

    /** Without Mesos's record of its executor, a container can be any that a status has named. */
    @Test
    void taskIsReportedInAContainerThatIsNotKnownToBeItsExecutors() {
        Story story = launchedAndStatedIn("c1", Map.of(ContainerId.of("c2"), since(1)));

        shownTwice(story, "c2");

        assertThat(story.launched("a", 2).task().container()).contains(ContainerId.of("c2"));
        assertThat(story.launched("a", 2).witnessed()).isFalse();
    }

    /** A listing can be ahead of the stream, which reports the launch. */
    @Test
    void taskThatIsListedAgainAfterItsEndIsReported() {
        Story story = launchedAndStatedIn("c1", Map.of(ContainerId.of("c2"), OWN))
                .then(updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", "c1"));

        shownTwice(story, "c2");

        assertThat(story.launched("a", 2).witnessed()).isFalse();
    }

    @Test
    void missingTaskEndsAlthoughAContainerOfAnotherExecutorThatAStatusNamedRuns() {
        Story story = new Story(Histories.reporting(Map.of(ContainerId.of("c1"), ATTACKERS)))
                .then(subscribed(live("a", TaskState.RUNNING, "c1")));

        story.polled(LEADER, List.of(agent(S0))).polled(LEADER, List.of(agent(S0)));

        assertThat(story.end("a")).isPresent();
    }

    @Test
    void statusThatNamesAnotherContainerThanARowBeginsNoRunUntilTheHostsAgentReportsItsContainers() {
        KnownLaunch row = new KnownLaunch(launch("a", 3), Optional.of(ContainerId.of("c1")), true);
        SeenTask elsewhere = live("a", TaskState.RUNNING, "c2");
        Story story = new Story(Histories.NO_AGENTS, row)
                .then(subscribed(elsewhere))
                .polled(LEADER, List.of(agent(S0)), elsewhere);
        assertThat(story.state().launches()).isEmpty();

        story.then(new ClusterEvent.EndObserved(launch("a", 3), new TaskEnd.ContainerEnded(ContainerId.of("c1"))))
                .polled(LEADER, List.of(agent(S0)), elsewhere);

        assertThat(story.end("a", 3)).isPresent();
        assertThat(story.launched("a", 4).task().container()).contains(ContainerId.of("c2"));
    }

    private static Story launchedAndStatedIn(String container, Map<ContainerId, ReportedContainer> reported) {
        return new Story(Histories.reporting(reported))
                .then(subscribed())
                .then(added("a", TaskState.STAGING, ""))
                .then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", container));
    }

    private static void shownTwice(Story story, String container) {
        for (int i = 0; i < 2; i++) {
            story.polledBesideStream(story.version(), live("a", TaskState.RUNNING, container));
        }
    }

    private static void assertMoved(Story story, long sequence) {
        assertThat(story.launched("a", sequence).task().container()).contains(ContainerId.of("c2"));
        assertThat(story.launched("a", sequence).witnessed()).isTrue();
        assertThat(story.end("a", sequence)).isEmpty();
    }
}
