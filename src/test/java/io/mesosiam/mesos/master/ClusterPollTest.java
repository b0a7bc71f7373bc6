package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.WatchHealth;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The watch's polls: beside a stream, without one, and with responses that are late or can't be used. */
class ClusterPollTest {
    private final WatchOfOneTask watched = new WatchOfOneTask();
    private final FaultyMaster master = watched.master;
    private final ClusterWatch watch = watched.watch;

    @AfterEach
    void stop() {
        watched.close();
    }

    @Test
    void listingRequestedBeforeAnEventIsIgnoredForItsTask() throws InterruptedException {
        watched.start();
        watched.stateWhere(s -> master.subscriptions() == 1);
        watched.pollWakeup.armed();
        watched.pollWakeup.armed();

        CountDownLatch answer = watched.heldPoll();
        master.addTask("a");
        watched.stateWhere(s -> s.launches().containsKey(watched.a));
        answer.countDown();
        watched.pollWakeup.armed();
        assertThat(watched.end()).as("requested before").isEmpty();

        watched.onePoll();
        assertThat(watched.end()).as("requested after, once").isEmpty();

        watched.onePoll();
        assertThat(watched.end()).contains(new TaskEnd.Absent(master.leader().id()));
    }

    @Test
    void listingRequestedBeforeANewStreamIsIgnored() throws InterruptedException {
        watched.watchATask();

        CountDownLatch answer = watched.heldPoll();
        long before = watch.state().version();
        master.endStream();
        watched.awaitNewStream("was closed by the master");
        // The flags and the listing of the new stream.
        watched.stateWhere(s -> s.version() >= before + 2);
        answer.countDown();
        watched.pollWakeup.armed();
        // The poll that the new stream triggered: the first listing that counts.
        watched.pollWakeup.armed();

        assertThat(watched.end()).isEmpty();
    }

    @Test
    void stepOfTheClockDuringAPollDoesNotDelayTheNextOne() throws InterruptedException {
        master.answers("/api/v1", 404, "no stream here");
        watched.start();
        watched.pollWakeup.armed();

        CountDownLatch answer = watched.heldPoll();
        watched.stepClock(Duration.ofHours(1));
        answer.countDown();

        assertThat(watched.pollWakeup.armed()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void endOfTheStreamWakesThePoll() throws InterruptedException {
        watched.watchATask();

        master.endStream();

        assertThat(watched.pollWakeup.armed()).as("after a poll alone").isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void pollThatIsWokenTwiceInARowLeavesTwentyTimesTheDurationOfAListing() throws InterruptedException {
        watched.watchATask();
        CountDownLatch answer = watched.heldPoll();
        watched.pass(Duration.ofSeconds(1));
        answer.countDown();
        assertThat(watched.pollWakeup.armed()).isEqualTo(Duration.ofSeconds(60));
        watched.pass(Duration.ofSeconds(4));

        master.endStream();
        assertThat(watched.pollWakeup.armed()).as("after a poll alone").isEqualTo(Duration.ofSeconds(2));
        watched.pollWakeup.wake();
        assertThat(watched.pollWakeup.armed()).as("without a poll").isEqualTo(Duration.ofSeconds(16));

        watched.pass(Duration.ofSeconds(16));
        watched.pollWakeup.wake();
        assertThat(watched.pollWakeup.armed()).as("after a poll alone").isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404", "500", "503"})
    void pollContinuesWithoutTheStream(int status) throws InterruptedException {
        master.answers("/api/v1", status, "no stream here");
        watched.start();

        assertThat(watched.pollWakeup.armed()).isEqualTo(Duration.ofSeconds(2));
        watched.streamWakeup.armed();
        assertThat(watch.health().source()).isEqualTo(WatchHealth.Source.POLL);
        assertThat(watch.health().errors())
                .singleElement()
                .asString()
                .contains(master.uri() + "/api/v1: " + status + " no stream here");
        assertThat(watch.state().view()).isEqualTo(new Completeness.Whole());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | 401 Unauthorized.                  | /state: 401 Unauthorized.
            403 | 403 Forbidden.                     | /state: 403 Forbidden.
            500 | oh                                 | /state: 500 oh
            503 | Master has not finished recovery   | /state: 503 Master has not finished recovery
            200 | {"id":"m1","slaves":[              | unexpected JSON
            200 | <html>                             | not JSON
            200 | []                                 | is not a JSON object
            200 | {}                                 | the id or the elected_time of a leader is missing
            307 | //evil.test:5050/state             | a host that neither mesos-iam.mesos.masters nor .aliases names
            """)
    void unusableResponseChangesNothing(int status, String body, String error) throws InterruptedException {
        watched.watchATask();
        master.answers("/state", status, body);
        watched.nextPoll();

        assertThat(watch.health().errors()).singleElement().asString().contains(error);
        assertThat(watched.end()).isEmpty();
    }

    @Test
    void responseLargerThanTheLimitChangesNothing() throws InterruptedException {
        watched.watchATask();
        master.answers("/state", 200, "{\"x\":\"" + "y".repeat(1 << 20) + "\"}");
        watched.nextPoll();

        assertThat(watch.health().errors()).singleElement().asString().contains("larger than 1048576 bytes");
        assertThat(watched.end()).isEmpty();
    }

    @Test
    void listingThatCannotBeAppliedIsAFailureUntilALaterOneSucceeds() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        master.answers("/api/v1", 404, "no stream here");
        watched.start((_, _) -> {
            if (broken.get()) {
                throw new StackOverflowError();
            }
            return Set.of();
        });
        watched.pollWakeup.armed();

        assertThat(watch.health().ready()).isFalse();
        assertThat(watch.unexpected()).get().asString().contains("event ", "StackOverflowError");
        assertThat(watch.failures()).isPositive();

        broken.set(false);
        watched.nextPoll();
        assertThat(watch.health().ready()).isTrue();
        assertThat(watch.unexpected()).isEmpty();
    }

    @Test
    void refusedMetricsMakeTheViewIncomplete() throws InterruptedException {
        watched.watchATask();
        master.answers("/metrics/snapshot", 403, "403 Forbidden.");
        for (int i = 0; i < 3; i++) {
            watched.nextPoll();
        }

        assertThat(watch.state().view())
                .isInstanceOfSatisfying(Completeness.Incomplete.class, view -> assertThat(view.reason())
                        .contains("/metrics/snapshot: 403 Forbidden."));
        assertThat(watched.end()).isEmpty();
    }

    @Test
    void refusedFlagsLeaveEveryPrincipalUnproven() throws InterruptedException {
        master.answers("/flags", 403, "403 Forbidden.");
        watched.watchATask();

        assertThat(watch.state().enforcement()).isEqualTo(Enforcement.UNKNOWN);
    }
}
