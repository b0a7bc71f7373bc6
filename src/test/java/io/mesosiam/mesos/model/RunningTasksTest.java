package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.NEXT_LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.WEB;
import static io.mesosiam.mesos.model.Histories.added;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.framework;
import static io.mesosiam.mesos.model.Histories.launch;
import static io.mesosiam.mesos.model.Histories.listing;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.nothing;
import static io.mesosiam.mesos.model.Histories.subscribed;
import static io.mesosiam.mesos.model.Histories.unreachable;
import static io.mesosiam.mesos.model.Histories.updated;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.json.LeaderReaders;
import io.mesosiam.mesos.json.Recordings;
import io.mesosiam.mesos.model.Histories.Story;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Events during which a cluster's tasks keep running: none of them may end a launch. */
class RunningTasksTest {
    private static final TaskCounts ONE = new TaskCounts(0, 0, 1, 0, 0);
    private static final MasterTaskCounts COUNTS_ONE = new MasterTaskCounts.Around(ONE, ONE);

    @Test
    void newLeaderAnswersEmptyUntilTheMesosAgentsReturn() {
        Story story = running();
        for (int i = 0; i < 5; i++) {
            story.polled(nothing(NEXT_LEADER), new MasterTaskCounts.Around(none(), none()));
        }
        assertThat(story.end("a")).isEmpty();
        assertThat(story.launched("a", 1).witnessed()).isTrue();
        assertThat(story.state().agent(S0)).get().returns(false, MesosAgent::active);

        story.then(new ClusterEvent.AgentAdded(agent(S0)))
                .then(new ClusterEvent.FrameworkSeen(framework("svc-web", true)))
                .then(added("a", TaskState.RUNNING, "c1"))
                .polled(NEXT_LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"));
        assertThat(story.end("a")).isEmpty();
        assertThat(story.launched("a", 1).witnessed()).isTrue();
        assertThat(story.state().launches()).hasSize(1);
    }

    @Test
    void emptySubscriptionOfANewLeaderEndsNothing() {
        Story story = running().then(new ClusterEvent.Subscribed(NEXT_LEADER, nothing(NEXT_LEADER)));

        assertThat(story.end("a")).isEmpty();
        assertThat(story.state().framework(WEB)).isPresent();
    }

    @Test
    void returnedMesosAgentsTaskIsNotListedYet() {
        Story story = running();
        story.polled(NEXT_LEADER, List.of(agent(S0)));

        assertThat(story.end("a")).as("one such listing is not enough").isEmpty();
    }

    @Test
    void aclHidesTasksAndTheCountersShowIt() {
        Story story = running();
        for (int i = 0; i < 5; i++) {
            story.polled(listing(LEADER, List.of(agent(S0))), COUNTS_ONE);
        }
        assertThat(story.end("a")).isEmpty();
        assertThat(story.state().view())
                .isEqualTo(new Completeness.Incomplete("the master lists 0 tasks and counts 1"));
    }

    @Test
    void aclHidesTasksAndCounters() {
        Story story = running();
        String refusal = "GET http://m1:5050/metrics/snapshot: 403 Forbidden";
        for (int i = 0; i < 5; i++) {
            story.polled(listing(LEADER, List.of(agent(S0))), new MasterTaskCounts.Unknown(refusal));
        }
        assertThat(story.end("a")).isEmpty();
        assertThat(story.state().view())
                .isEqualTo(new Completeness.Incomplete("the master's counters can't be read: " + refusal));
    }

    @Test
    void frameworkDisappearsWithoutARemoval() {
        Story story = running().polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"));
        Snapshot without =
                new Snapshot(Optional.of(LEADER), List.of(), List.of(), Set.of(), List.of(agent(S0)), List.of());
        for (int i = 0; i < 5; i++) {
            story.polled(without, new MasterTaskCounts.Around(none(), none()));
        }
        assertThat(story.end("a")).isEmpty();
        assertThat(story.state().view()).isInstanceOf(Completeness.Incomplete.class);
    }

    @Test
    void recordedAclHidesAllTasksFromAPrincipal() {
        Snapshot whole = Recordings.state("acl/master/iam_state.body");
        Snapshot filtered = Recordings.state("acl/master/batch_state.body");
        TaskCounts counted = Recordings.read("acl/master/ops_metrics_snapshot.body", LeaderReaders::metrics);
        MasterTaskCounts gauges = new MasterTaskCounts.Around(counted, counted);
        Story story = new Story(Histories.NONE_REPORTED).polled(whole, gauges);
        assertThat(story.state().view()).isEqualTo(new Completeness.Whole());
        assertThat(story.state().launches()).isNotEmpty();

        for (int i = 0; i < 5; i++) {
            story.polled(filtered, gauges);
        }
        assertThat(story.state().view()).isInstanceOf(Completeness.Incomplete.class);
        assertThat(story.state().launches().values()).allMatch(l -> l.end().isEmpty());
    }

    @Test
    void hostsAgentReportsTheContainer() {
        Story story = new Story(Histories.reporting(Set.of(ContainerId.of("c1"))))
                .then(subscribed(live("a", TaskState.RUNNING, "c1"), live("b", TaskState.RUNNING, "c2")));
        for (int i = 0; i < 5; i++) {
            story.polled(LEADER, List.of(agent(S0)));
        }
        assertThat(story.end("a")).isEmpty();
        assertThat(story.end("b")).contains(new TaskEnd.Absent(LEADER.id()));
    }

    @Test
    void unreachableMesosAgentsTasksAreForgottenByTheMaster() {
        Story story = running();
        for (int i = 0; i < 5; i++) {
            story.polled(LEADER, List.of());
        }
        assertThat(story.end("a")).isEmpty();
    }

    @Test
    void streamIsAheadOfAPoll() {
        Story story = running();
        long asked = story.version();
        story.then(added("b", TaskState.STAGING, ""));
        for (int i = 0; i < 5; i++) {
            story.polledBesideStream(asked, live("a", TaskState.RUNNING, "c1"));
        }
        assertThat(story.end("b")).isEmpty();
    }

    @Test
    void pollIsAheadOfTheStream() {
        Story story = running();
        story.polledBesideStream(
                        story.version(), live("a", TaskState.RUNNING, "c2"), live("b", TaskState.RUNNING, "c3"))
                .then(updated("a", TaskState.FINISHED, "SOURCE_EXECUTOR", ""))
                .then(added("a", TaskState.STAGING, ""))
                .then(added("b", TaskState.STAGING, ""))
                .then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c2"))
                .then(updated("b", TaskState.RUNNING, "SOURCE_EXECUTOR", "c3"));

        assertThat(story.end("a", 2)).isEmpty();
        assertThat(story.end("b")).isEmpty();
        assertThat(story.launched("a", 2).witnessed()).isTrue();
        assertThat(story.launched("b", 1).witnessed()).isTrue();
        assertThat(story.state().launches()).hasSize(3);
    }

    /** Otherwise a controller that is behind with the stream would request sessions for tasks that have ended. */
    @Test
    void launchInAStreamThatIsBehindBeginsNoRunOfATaskThatPollsHaveShownAndThatHasEnded() {
        Story story = shownByPollsAndEnded();

        story.then(added("b", TaskState.STAGING, ""))
                .then(updated("b", TaskState.RUNNING, "SOURCE_EXECUTOR", "c2"))
                .then(updated("b", TaskState.FINISHED, "SOURCE_EXECUTOR", "c2"));
        assertThat(story.state().launches()).doesNotContainKey(launch("b", 2));

        story.then(added("b", TaskState.STAGING, ""));
        assertThat(story.end("b", 2)).isEmpty();
    }

    @Test
    void launchInAStreamThatIsBehindBeginsNoRunOfATaskThatIsForgotten() {
        Story story = shownByPollsAndEnded();

        story.then(new ClusterEvent.Forgotten(Set.of(launch("b", 1)))).then(added("b", TaskState.STAGING, ""));

        assertThat(story.state().launches()).containsOnlyKeys(launch("a", 1));
    }

    @Test
    void launchInAStreamThatHasBegunAfterTheTasksEndIsAnotherRun() {
        Story story = shownByPollsAndEnded();

        story.then(subscribed(live("a", TaskState.RUNNING, "c1"))).then(added("b", TaskState.STAGING, ""));

        assertThat(story.end("b", 2)).isEmpty();
    }

    /** The master learns of it after the host's agent. */
    @Test
    void listingsOfATaskInAContainerThatHasEndedBeginNoRun() {
        Story story = inEndedContainer(running());
        for (int i = 0; i < 3; i++) {
            story.polledBesideStream(story.version(), live("a", TaskState.RUNNING, "c1"));
        }
        story.then(new ClusterEvent.Forgotten(Set.of(launch("a", 1))))
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"))
                .then(subscribed(live("a", TaskState.RUNNING, "c1")));
        assertThat(story.state().launches()).isEmpty();

        story.polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c2"));
        assertThat(story.state().launches()).containsOnlyKeys(launch("a", 2));
    }

    @Test
    void listingOfATaskInAContainerThatTheHostsAgentReportsAgainIsARun() {
        Story story = inEndedContainer(new Story(Histories.reporting(Set.of(ContainerId.of("c1"))))
                .then(subscribed(live("a", TaskState.RUNNING, "c1"))));

        story.polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"));

        assertThat(story.end("a", 2)).isEmpty();
    }

    @Test
    void commandTaskHasAnExecutorOfItsOwnOnceItHasAContainer() {
        Story story = Story.of(subscribed(), added("a", TaskState.STAGING, ""));
        assertThat(story.launched("a", 1).task().executorId()).isEmpty();

        story.then(updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c1"));

        assertThat(story.launched("a", 1).task().executorId()).contains("a");
    }

    @Test
    void launchBeginsARunWhileTheContainerOfTheOneBeforeIsReported() {
        Story story = new Story(Histories.reporting(Set.of(ContainerId.of("c1"))))
                .then(subscribed(live("a", TaskState.RUNNING, "c1")))
                .then(added("a", TaskState.STAGING, ""));

        assertThat(story.end("a")).contains(new TaskEnd.Relaunched(2));
    }

    private static Story inEndedContainer(Story story) {
        return story.then(
                new ClusterEvent.EndObserved(launch("a", 1), new TaskEnd.ContainerEnded(ContainerId.parse("c1"))));
    }

    private static Story shownByPollsAndEnded() {
        Story story = running();
        for (int i = 0; i < 2; i++) {
            story.polledBesideStream(
                    story.version(), live("a", TaskState.RUNNING, "c1"), live("b", TaskState.RUNNING, "c2"));
        }
        TaskEnd ended = new TaskEnd.ContainerEnded(ContainerId.parse("c2"));
        return story.then(new ClusterEvent.EndObserved(launch("b", 1), ended));
    }

    /** Otherwise the session of the container would end with the first task, since no other one is known there. */
    @Test
    void pollAheadOfTheStreamEndsATaskAfterItHasAddedTheNextOneOfItsContainer() {
        Story story = running();
        SeenTask ended = Histories.completed("a", TaskState.FINISHED, "c1");
        story.polledBesideStream(story.version(), ended, live("b", TaskState.RUNNING, "c1"));
        assertThat(story.end("a")).isEmpty();

        story.polledBesideStream(story.version(), ended, live("b", TaskState.RUNNING, "c1"));
        assertThat(story.end("a")).isPresent();
        assertThat(story.end("b")).isEmpty();
    }

    @Test
    void pollAheadOfTheStreamEndsATaskAtOnceIfTheNextOneIsInAnotherContainer() {
        Story story = running();
        story.polledBesideStream(
                story.version(),
                Histories.completed("a", TaskState.FINISHED, "c1"),
                live("b", TaskState.RUNNING, "c2"));

        assertThat(story.end("a")).isPresent();
    }

    @Test
    void oldResponseArrivesAfterANewStream() {
        Story story = running();
        long asked = story.version();
        story.then(subscribed(live("a", TaskState.RUNNING, "c1"), live("b", TaskState.RUNNING, "c2")))
                .polledBesideStream(asked)
                .polledBesideStream(asked);

        assertThat(story.state().launches().values()).allMatch(l -> l.end().isEmpty());
    }

    @Test
    void pollingAloneFollowsATaskFromItsStartToItsEnd() {
        Story story = new Story(Histories.NONE_REPORTED)
                .polled(LEADER, List.of(agent(S0)))
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"))
                .polled(LEADER, List.of(), unreachable("a", TaskState.LOST, "c1"))
                .polled(LEADER, List.of(agent(S0)), live("a", TaskState.RUNNING, "c1"))
                .polled(LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).isEmpty();
        assertThat(story.launched("a", 1).witnessed()).isFalse();

        story.polled(LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).contains(new TaskEnd.Absent(LEADER.id()));
    }

    @Test
    void absencesAreCountedPerTerm() {
        Story story = running()
                .polled(LEADER, List.of(agent(S0)))
                .polled(NEXT_LEADER, List.of(agent(S0)))
                .polled(NEXT_LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).isEmpty();

        story.polled(NEXT_LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).contains(new TaskEnd.Absent(NEXT_LEADER.id()));
    }

    @Test
    void listingOfANewStreamWithTheTaskResetsItsAbsences() {
        Story story = running()
                .polled(LEADER, List.of(agent(S0)))
                .then(subscribed(live("a", TaskState.RUNNING, "c1")))
                .polled(LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).isEmpty();

        story.polled(LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).contains(new TaskEnd.Absent(LEADER.id()));
    }

    @Test
    void listingOfANewStreamWithoutTheTaskIsNotAnAbsence() {
        Story story = running().polled(LEADER, List.of(agent(S0))).then(subscribed());
        assertThat(story.end("a")).isEmpty();

        story.polled(LEADER, List.of(agent(S0)));
        assertThat(story.end("a")).contains(new TaskEnd.Absent(LEADER.id()));
    }

    @Test
    void leasesOfAnEarlierControllerKeepTheirLaunches() {
        Launch third = launch("a", 3);
        KnownLaunch row = new KnownLaunch(third, Optional.of(ContainerId.of("c1")), true);
        Story story = new Story(Histories.NONE_REPORTED, row)
                .then(new ClusterEvent.Subscribed(LEADER, nothing(LEADER)))
                .then(new ClusterEvent.AgentAdded(agent(S0)))
                .then(added("a", TaskState.RUNNING, "c1"));

        assertThat(story.state().launches()).containsOnlyKeys(third);
        assertThat(story.launched("a", 3).witnessed()).isTrue();
        assertThat(story.end("a", 3)).isEmpty();
    }

    @Test
    void leaseOfAnEarlierControllerEndsIfItsRunIsAnEarlierOne() {
        KnownLaunch row = new KnownLaunch(launch("a", 3), Optional.of(ContainerId.of("c0")), true);
        Story story = new Story(Histories.NONE_REPORTED, row).then(subscribed(live("a", TaskState.RUNNING, "c1")));

        assertThat(story.end("a", 3)).contains(new TaskEnd.Relaunched(4));
        assertThat(story.launched("a", 4).witnessed()).isFalse();
    }

    private static Story running() {
        return Story.of(
                subscribed(),
                added("a", TaskState.STAGING, ""),
                updated("a", TaskState.RUNNING, "SOURCE_EXECUTOR", "c1"));
    }

    private static TaskCounts none() {
        return new TaskCounts(0, 0, 0, 0, 0);
    }
}
