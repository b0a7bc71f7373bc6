package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.model.Histories;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The watch with masters that work correctly and masters that don't. The running task {@code a} must not end in any of
 * these cases.
 */
class ClusterWatchTest {
    private static final Launch A = new Launch(Histories.key("a"), 1);

    private final FakeMaster master = new FakeMaster();
    private final ManualWakeup streamWakeup = new ManualWakeup();
    private final ManualWakeup pollWakeup = new ManualWakeup();
    private final ManualWakeup watchdogWakeup = new ManualWakeup();
    private final BlockingQueue<ClusterState> states = new LinkedBlockingQueue<>();
    private final ClusterWatch watch;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    ClusterWatchTest() {
        Queue<Wakeup> wakeups = new ArrayDeque<>(List.of(streamWakeup, pollWakeup, watchdogWakeup));
        watch = new ClusterWatch(
                TestConfig.of(master.uri()),
                () -> Histories.NONE_REPORTED,
                () -> now,
                new PeerClocks(() -> now, System::nanoTime),
                new Random(1),
                wakeups::remove);
    }

    @AfterEach
    void stop() {
        watch.close();
        master.close();
    }

    @Test
    void everyEventOfTheStreamReachesTheListener() throws InterruptedException {
        watchATask();

        assertThat(watch.state().leader()).contains(new Leader("m1", FakeMaster.ELECTED));
        assertThat(watch.state().enforcement().principals()).isTrue();
        assertThat(watch.health().source()).isEqualTo(WatchHealth.Source.STREAM);
        assertThat(watch.health().errors()).isEmpty();
        assertThat(watch.state().launch(A)).get().returns(true, LaunchedTask::witnessed);
    }

    @Test
    void eventsOfLaterVersionsAreAccepted() throws InterruptedException {
        watchATask();
        master.emit("{\"type\":\"TASK_ENLIGHTENED\",\"task_enlightened\":{\"deeply\":[1,{\"so\":true}]}}");
        master.emit("""
                {"new":1,"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"web"},"state":"TASK_DREAMING",\
                "status":{"task_id":{"value":"a"},"agent_id":{"value":"S0"},"state":"TASK_DREAMING","source":"SOURCE_SELF"}}}""");

        ClusterState state = stateWhere(s -> task(s).state() == TaskState.UNKNOWN);
        assertThat(state.launches().get(A).end()).isEmpty();
    }

    @Test
    void eventWithAnInvalidValueIsIgnored() throws InterruptedException {
        watchATask();
        master.emit("""
                {"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"web"},"state":"TASK_RUNNING","status":{\
                "task_id":{"value":"a"},"agent_id":{"value":"S0"},"container_status":{"container_id":{"value":"../x"}}}}}""");
        master.emit("""
                {"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"web"},"state":"TASK_RUNNING","status":{\
                "task_id":{"value":"a"},"agent_id":{"value":"S0"},"container_status":{"container_id":{"value":"c1"}}}}}""");

        assertThat(task(stateWhere(s -> task(s).container().isPresent())).container())
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
        watchATask();
        master.emitRaw(bytes.replace("\\n", "\n"));

        awaitNewStream(error);
    }

    @Test
    void truncatedRecordCausesANewSubscription() throws InterruptedException {
        watchATask();
        master.emitRaw("500\n{\"type\":");
        master.endStream();

        awaitNewStream("bytes before its record does");
    }

    @Test
    void listingRequestedBeforeAnEventIsIgnoredForItsTask() throws InterruptedException {
        watch.start(List.of(), this::changed);
        stateWhere(s -> master.subscriptions() == 1);
        pollWakeup.armed();
        pollWakeup.armed();

        CountDownLatch answer = heldPoll();
        master.emit(FakeMaster.TASK_ADDED);
        stateWhere(s -> s.launches().containsKey(A));
        answer.countDown();
        pollWakeup.armed();
        assertThat(watch.state().launches().get(A).end()).as("requested before").isEmpty();

        onePoll();
        assertThat(watch.state().launches().get(A).end())
                .as("requested after, once")
                .isEmpty();

        onePoll();
        assertThat(watch.state().launches().get(A).end()).contains(new TaskEnd.Absent("m1"));
    }

    @Test
    void listingRequestedBeforeANewStreamIsIgnored() throws InterruptedException {
        watchATask();

        CountDownLatch answer = heldPoll();
        long before = watch.state().version();
        master.endStream();
        awaitNewStream("was closed by the master");
        // The flags and the listing of the new stream.
        stateWhere(s -> s.version() >= before + 2);
        answer.countDown();
        pollWakeup.armed();
        // The poll that the new stream triggered: the first listing that counts.
        pollWakeup.armed();

        assertThat(watch.state().launches().get(A).end()).isEmpty();
    }

    @Test
    void streamThatTheMasterClosesIsReopened() throws InterruptedException {
        watchATask();
        master.endStream();

        awaitNewStream("was closed by the master");
    }

    @Test
    void missingHeartbeatsEndTheStream() throws InterruptedException {
        watchATask();
        watchdogWakeup.armed();
        now = now.plusSeconds(75);
        watchdogWakeup.wake();
        watchdogWakeup.armed();
        assertThat(watch.health().source()).as("five were missed").isEqualTo(WatchHealth.Source.STREAM);

        now = now.plusSeconds(1);
        watchdogWakeup.wake();
        awaitNewStream("no data for 75 s");
    }

    @Test
    void firstRecordOtherThanSubscribedIsAnError() throws InterruptedException {
        master.firstRecord("{\"type\":\"HEARTBEAT\"}");
        watch.start(List.of(), this::changed);

        assertThat(streamWakeup.armed()).isLessThanOrEqualTo(Duration.ofMillis(100));
        assertThat(watch.health().errors()).anyMatch(e -> e.contains("the first record is not SUBSCRIBED"));
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404", "500", "503"})
    void pollContinuesWithoutTheStream(int status) throws InterruptedException {
        master.answers("/api/v1", status, "no stream here");
        watch.start(List.of(), this::changed);

        assertThat(pollWakeup.armed()).isEqualTo(Duration.ofSeconds(2));
        streamWakeup.armed();
        assertThat(watch.health().source()).isEqualTo(WatchHealth.Source.POLL);
        assertThat(watch.health().errors())
                .singleElement()
                .asString()
                .contains(master.uri() + "/api/v1: " + status + " no stream here");
        assertThat(watch.state().view()).isEqualTo(new Completeness.Whole());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | 401 Unauthorized.                  | /state: 401 401 Unauthorized.
            403 | 403 Forbidden.                     | /state: 403 403 Forbidden.
            500 | oh                                 | /state: 500 oh
            503 | Master has not finished recovery   | /state: 503 Master has not finished recovery
            200 | {"id":"m1","slaves":[              | unexpected JSON
            200 | <html>                             | not JSON
            200 | []                                 | is not a JSON object
            200 | {}                                 | the id or the elected_time of a leader is missing
            307 | //evil.test:5050/state             | a host that neither mesos-iam.mesos.masters nor .aliases names
            """)
    void unusableResponseChangesNothing(int status, String body, String error) throws InterruptedException {
        watchATask();
        master.answers("/state", status, body);
        nextPoll();

        assertThat(watch.health().errors()).singleElement().asString().contains(error);
        assertThat(watch.state().launches().get(A).end()).isEmpty();
    }

    @Test
    void responseLargerThanTheLimitChangesNothing() throws InterruptedException {
        watchATask();
        master.answers("/state", 200, "{\"x\":\"" + "y".repeat(1 << 20) + "\"}");
        nextPoll();

        assertThat(watch.health().errors()).singleElement().asString().contains("larger than 1048576 bytes");
        assertThat(watch.state().launches().get(A).end()).isEmpty();
    }

    @Test
    void listingThatCannotBeAppliedIsAFailureUntilALaterOneSucceeds() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        master.answers("/api/v1", 404, "no stream here");
        watch.start(List.of(), (_, _) -> {
            if (broken.get()) {
                throw new StackOverflowError();
            }
            return Set.of();
        });
        pollWakeup.armed();

        assertThat(watch.health().ready()).isFalse();
        assertThat(watch.unexpected()).get().asString().contains("event ", "StackOverflowError");
        assertThat(watch.failures()).isPositive();

        broken.set(false);
        nextPoll();
        assertThat(watch.health().ready()).isTrue();
        assertThat(watch.unexpected()).isEmpty();
    }

    @Test
    void refusedMetricsMakeTheViewIncomplete() throws InterruptedException {
        watchATask();
        master.answers("/metrics/snapshot", 403, "403 Forbidden.");
        for (int i = 0; i < 3; i++) {
            nextPoll();
        }

        assertThat(watch.state().view())
                .isInstanceOfSatisfying(Completeness.Incomplete.class, view -> assertThat(view.reason())
                        .contains("/metrics/snapshot: 403 403 Forbidden."));
        assertThat(watch.state().launches().get(A).end()).isEmpty();
    }

    @Test
    void refusedFlagsLeaveEveryPrincipalUnproven() throws InterruptedException {
        master.answers("/flags", 403, "403 Forbidden.");
        watchATask();

        assertThat(watch.state().enforcement()).isEqualTo(Enforcement.UNKNOWN);
    }

    private void watchATask() throws InterruptedException {
        watch.start(List.of(), this::changed);
        stateWhere(s -> master.subscriptions() == 1);
        // Waits for two polls: the first one, and the one that the stream triggers after it has subscribed. The master
        // never lists the task, so each poll that begins after the event counts as an absence, and the second of them
        // ends the task.
        pollWakeup.armed();
        pollWakeup.armed();
        master.emit(FakeMaster.TASK_ADDED);
        stateWhere(s -> s.launches().containsKey(A));
    }

    /**
     * Triggers the next poll and delays its response until the returned latch opens. Returns when the master has the
     * request.
     */
    private CountDownLatch heldPoll() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        master.does("/state", exchange -> {
            asked.countDown();
            await(answer);
            FakeMaster.send(exchange, 200, FakeMaster.STATE_WITHOUT_TASKS);
        });
        pollWakeup.wake();
        await(asked);
        return answer;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns when a poll requested after this call has been processed; the following one has been requested by that
     * time.
     */
    private void nextPoll() throws InterruptedException {
        long before = polls();
        while (polls() < before + 2) {
            pollWakeup.wake();
            pollWakeup.armed();
        }
    }

    /** Triggers one more poll and waits for its end, when no poll is pending. */
    private void onePoll() throws InterruptedException {
        pollWakeup.wake();
        pollWakeup.armed();
    }

    private long polls() {
        return master.requests().stream()
                .filter(r -> r.startsWith("GET /state"))
                .count();
    }

    private void awaitNewStream(String error) throws InterruptedException {
        assertThat(streamWakeup.armed()).isLessThanOrEqualTo(Duration.ofMillis(100));
        assertThat(watch.health().errors()).anyMatch(e -> e.contains(error));
        assertThat(watch.state().launches().get(A).end()).isEmpty();
        int before = master.subscriptions();

        streamWakeup.wake();
        stateWhere(s -> master.subscriptions() == before + 1);
        assertThat(watch.state().launches().get(A).end()).isEmpty();
    }

    private Set<Launch> changed(ClusterState state, Set<Launch> touched) {
        states.add(state);
        return Set.of();
    }

    private ClusterState stateWhere(Predicate<ClusterState> wanted) throws InterruptedException {
        while (true) {
            ClusterState state = states.poll(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS);
            if (state == null) {
                throw new AssertionError("no such state; the last is " + watch.state() + ", " + watch.health());
            }
            if (wanted.test(state)) {
                return state;
            }
        }
    }

    private static Task task(ClusterState state) {
        return state.launches().get(A).task();
    }
}
