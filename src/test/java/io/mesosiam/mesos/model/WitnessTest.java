package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.NEXT_LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.WEB;
import static io.mesosiam.mesos.model.Histories.added;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.framework;
import static io.mesosiam.mesos.model.Histories.launch;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.nothing;
import static io.mesosiam.mesos.model.Histories.subscribed;
import static io.mesosiam.mesos.model.Histories.updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories.Story;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tasks are witnessed, and which are only reported by their hosts. */
class WitnessTest {
    @Test
    void launchByTheLeaderIsWitnessed() {
        Story story = Story.of(subscribed(), added("a", TaskState.STAGING, ""));

        assertThat(story.launched("a", 1).witnessed()).isTrue();
    }

    /** The stream has begun before the listing, and is read after it. */
    @Test
    void launchOfATaskThatAListingAheadOfTheStreamHasShownEndsNothing() {
        Story story = Story.of()
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"))
                .then(subscribed())
                .then(added("a", TaskState.STAGING, ""))
                .then(updated("a", TaskState.STARTING, "SOURCE_EXECUTOR", "c1"));

        assertThat(story.state().launches()).containsOnlyKeys(launch("a", 1));
        assertThat(story.end("a")).isEmpty();
        assertThat(story.launched("a", 1).witnessed()).isTrue();

        story.then(added("a", TaskState.STAGING, ""));
        assertThat(story.end("a")).contains(new TaskEnd.Relaunched(2));
    }

    static Arguments[] gaps() {
        return new Arguments[] {
            Arguments.of("another stream", List.of(subscribed(live("a", TaskState.RUNNING, "c2")))),
            Arguments.of(
                    "its Mesos agent's return",
                    List.of(added("a", TaskState.RUNNING, "c2"), new ClusterEvent.AgentAdded(agent(S0)))),
            Arguments.of("the return of its Mesos agent alone", List.of(new ClusterEvent.AgentAdded(agent(S0)))),
            Arguments.of("an absence of its Mesos agent", List.of(new ClusterEvent.AgentRemoved(S0))),
        };
    }

    /** Its Mesos agent may have reported it with other labels than it was launched with. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void taskThatIsShownInAnotherContainerAfterAGapIsReported(String gap, List<ClusterEvent> events) {
        Story story = statedInAContainerThatDoesNotExist();
        events.forEach(story::then);
        for (int i = 0; i < 2; i++) {
            story.polledBesideStream(story.version(), live("a", TaskState.RUNNING, "c2"));
        }

        assertThat(story.launched("a", 2).witnessed()).isFalse();
    }

    @Test
    void taskThatIsShownInAnotherContainerWhileNoStreamIsReadIsReported() {
        Story story = statedInAContainerThatDoesNotExist()
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c2"));

        assertThat(story.launched("a", 2).witnessed()).isFalse();
    }

    private static Story statedInAContainerThatDoesNotExist() {
        ReportedContainer own =
                new ReportedContainer(1, Optional.of(new ReportedContainer.Executor(Histories.WEB, "a")));
        return new Story(Histories.reporting(Map.of(ContainerId.of("c2"), own)))
                .then(subscribed())
                .then(added("a", TaskState.STAGING, ""))
                .then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c1"));
    }

    @Test
    void listedTaskIsReported() {
        Story story = Story.of(subscribed(live("a", TaskState.STAGING, "")));

        assertThat(story.launched("a", 1).witnessed()).isFalse();
    }

    @Test
    void inventedTasksOfAReturningMesosAgentAreReported() {
        Story story = Story.of(subscribed())
                .then(new ClusterEvent.Subscribed(NEXT_LEADER, nothing(NEXT_LEADER)))
                .then(new ClusterEvent.FrameworkSeen(framework("svc-web", false)))
                .then(added("invented", TaskState.RUNNING, "c8"))
                .then(added("invented-young", TaskState.STAGING, ""))
                .then(new ClusterEvent.AgentAdded(agent(S0)));

        assertThat(story.launched("invented", 1).witnessed()).isFalse();
        assertThat(story.launched("invented-young", 1).witnessed()).isFalse();
    }

    @Test
    void inventedTasksOfAFrameworkThatOnlyMesosAgentsKnowAreReported() {
        Story story = Story.of(subscribed())
                .then(new ClusterEvent.Subscribed(NEXT_LEADER, nothing(NEXT_LEADER)))
                .then(new ClusterEvent.AgentAdded(agent(S0)))
                .then(new ClusterEvent.FrameworkSeen(framework("svc-web", true)))
                .then(added("invented", TaskState.STAGING, ""));

        assertThat(story.launched("invented", 1).witnessed()).isFalse();
    }

    @Test
    void inventedTasksOfAMesosAgentWithAnUnnoticedAbsenceAreReported() {
        Story story = Story.of(subscribed(), added("invented", TaskState.STAGING, ""))
                .then(new ClusterEvent.AgentAdded(agent(S0)));

        assertThat(story.launched("invented", 1).witnessed()).isFalse();
    }

    /** Agents and the reconciler report at any time. */
    @Test
    void eventBesideTheStreamDoesNotSeparateATaskFromTheReturnOfItsMesosAgent() {
        Story story = Story.of(subscribed(), added("invented", TaskState.STAGING, ""))
                .then(new ClusterEvent.EndObserved(launch("other", 1), new TaskEnd.InstanceTerminated("i-1")))
                .then(new ClusterEvent.Forgotten(Set.of(launch("other", 1))))
                .then(new ClusterEvent.AgentAdded(agent(S0)));

        assertThat(story.launched("invented", 1).witnessed()).isFalse();
    }

    @Test
    void repeatedReportOfAStartingTaskIsNotASecondLaunch() {
        Story story = Story.of(subscribed(), added("a", TaskState.STAGING, ""))
                .then(updated("b", TaskState.RUNNING, "SOURCE_EXECUTOR", "c9"))
                .then(added("a", TaskState.STAGING, ""));

        assertThat(story.state().launches()).hasSize(1);
        assertThat(story.end("a")).isEmpty();
    }

    @Test
    void firstReportedPrincipalIsKept() {
        Story story = Story.of(subscribed())
                .then(new ClusterEvent.Subscribed(NEXT_LEADER, nothing(NEXT_LEADER)))
                .then(new ClusterEvent.FrameworkSeen(framework("intruder", true)));
        assertThat(story.state().framework(WEB)).get().satisfies(shown -> {
            assertThat(shown.principal()).contains("svc-web");
            assertThat(shown.disputed()).isTrue();
        });

        story.then(new ClusterEvent.FrameworkSeen(framework("svc-web", false)));
        assertThat(story.state().framework(WEB)).get().returns(false, Framework::disputed);
    }

    @Test
    void containerIsSetOnceAndOnlyByStatuses() {
        Story story = Story.of(subscribed(), added("a", TaskState.STAGING, ""));
        assertThat(story.launched("a", 1).task().container()).isEmpty();

        story.then(updated("a", TaskState.STARTING, "SOURCE_EXECUTOR", "p/c"))
                .then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "p/other"))
                .then(updated("a", TaskState.RUNNING, "SOURCE_MASTER", ""));
        assertThat(story.launched("a", 1).task().container())
                .contains(ContainerId.of("p").child("c"));
    }

    @Test
    void pollThatContradictsTheStreamCountsTheSecondTime() {
        Story story = Story.of(subscribed());
        story.polledBesideStream(story.version(), live("missed", TaskState.RUNNING, "c1"));
        assertThat(story.state().launches()).isEmpty();

        story.polledBesideStream(story.version(), live("missed", TaskState.RUNNING, "c1"));
        assertThat(story.end("missed")).isEmpty();
        assertThat(story.launched("missed", 1).witnessed()).isFalse();
    }

    @Test
    void agentStaysWhileItHasTasksThatMayRun() {
        Story story = Story.of(subscribed(live("a", TaskState.RUNNING, "c1"))).polled(LEADER, List.of());
        assertThat(story.state().agent(S0))
                .isEqualTo(Optional.of(
                        new MesosAgent(S0, "S0.test", "192.0.2.1", agent(S0).attributes(), false, false)));

        story.then(updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", "c1")).polled(LEADER, List.of());
        assertThat(story.state().agent(S0)).isEmpty();
    }
}
