package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.WatchHealth;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The watch with an operator stream that works correctly and with streams that don't. The running task {@code a} must not
 * end in any of these cases.
 */
class ClusterWatchTest {
    private final WatchOfOneTask watched = new WatchOfOneTask();
    private final FaultyMaster master = watched.master;
    private final ClusterWatch watch = watched.watch;

    @AfterEach
    void stop() {
        watched.close();
    }

    @Test
    void everyEventOfTheStreamReachesTheListener() throws InterruptedException {
        watched.watchATask();

        assertThat(watch.state().leader()).contains(master.leader());
        assertThat(watch.state().enforcement().principals()).isTrue();
        assertThat(watch.health().source()).isEqualTo(WatchHealth.Source.STREAM);
        assertThat(watch.health().errors()).isEmpty();
        assertThat(watch.state().launch(watched.a)).get().returns(true, LaunchedTask::witnessed);
    }

    @Test
    void eventsOfLaterVersionsAreAccepted() throws InterruptedException {
        watched.watchATask();
        master.emit("{\"type\":\"TASK_ENLIGHTENED\",\"task_enlightened\":{\"deeply\":[1,{\"so\":true}]}}");
        master.updateTask("a", "TASK_DREAMING", "\"state\":\"TASK_DREAMING\",\"source\":\"SOURCE_SELF\"");

        ClusterState state = watched.stateWhere(s -> watched.task(s).state() == TaskState.UNKNOWN);
        assertThat(state.launches().get(watched.a).end()).isEmpty();
    }

    @Test
    void eventWithAnInvalidValueIsIgnored() throws InterruptedException {
        watched.watchATask();
        master.updateTask("a", "TASK_RUNNING", "\"container_status\":{\"container_id\":{\"value\":\"../x\"}}");
        master.updateTask("a", "TASK_RUNNING", "\"container_status\":{\"container_id\":{\"value\":\"c1\"}}");

        assertThat(watched.task(watched.stateWhere(
                                s -> watched.task(s).container().isPresent()))
                        .container())
                .contains(ContainerId.of("c1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            17\\n{"type":HEARTBEAT}    | unexpected JSON
            2\\n{}                     | event has no type
            4\\nnull                   | is not a JSON object
            99999999\\n{               | record of 99999999 bytes is larger than the limit of 65536
            x\\n                       | record length is not a decimal number
            """)
    void brokenRecordCausesANewSubscription(String bytes, String error) throws InterruptedException {
        watchATaskThatNoPollEnds();
        master.emitRaw(bytes.replace("\\n", "\n"));

        watched.awaitNewStream(error);
    }

    @Test
    void truncatedRecordCausesANewSubscription() throws InterruptedException {
        watchATaskThatNoPollEnds();
        master.emitRaw("500\n{\"type\":");
        master.endStream();

        watched.awaitNewStream("bytes before its record does");
    }

    @Test
    void streamThatTheMasterClosesIsReopened() throws InterruptedException {
        watchATaskThatNoPollEnds();
        master.endStream();

        watched.awaitNewStream("was closed by the master");
    }

    @Test
    void streamsThatEndEarlyLeaveTwentyTimesTheDurationOfTheirListings() throws InterruptedException {
        master.beforeStreams(() -> watched.pass(Duration.ofSeconds(1)));
        watched.start();
        await().atMost(TimeLimit.seconds(20)).until(() -> master.subscriptions() == 1);
        master.endStream();
        assertThat(watched.streamWakeup.armed()).as("the first").isLessThanOrEqualTo(Duration.ofMillis(100));

        watched.streamWakeup.wake();
        await().atMost(TimeLimit.seconds(20)).until(() -> master.subscriptions() == 2);
        master.endStream();
        assertThat(watched.streamWakeup.armed()).as("the second").isEqualTo(Duration.ofSeconds(19));
    }

    @Test
    void missingHeartbeatsEndTheStream() throws InterruptedException {
        watchATaskThatNoPollEnds();
        watched.watchdogWakeup.armed();
        watched.pass(Duration.ofSeconds(75));
        watched.watchdogWakeup.wake();
        watched.watchdogWakeup.armed();
        assertThat(watch.health().source()).as("five were missed").isEqualTo(WatchHealth.Source.STREAM);

        watched.pass(Duration.ofSeconds(1));
        watched.watchdogWakeup.wake();
        watched.awaitNewStream("no data for 75 s");
    }

    /** The end of the stream triggers polls, which count as absences of the task. */
    private void watchATaskThatNoPollEnds() throws InterruptedException {
        watched.watchATask();
        master.answers("/state", 503, "no listing");
    }

    @Test
    void firstRecordOtherThanSubscribedIsAnError() throws InterruptedException {
        master.firstRecord("{\"type\":\"HEARTBEAT\"}");
        watched.start();

        assertThat(watched.streamWakeup.armed()).isLessThanOrEqualTo(Duration.ofMillis(100));
        assertThat(watch.health().errors()).anyMatch(e -> e.contains("the first record is not SUBSCRIBED"));
    }
}
