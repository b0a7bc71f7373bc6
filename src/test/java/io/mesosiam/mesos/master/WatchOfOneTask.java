package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.ClusterListener;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.model.Histories;
import io.mesosiam.pause.Wakeup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A watch of a {@link FaultyMaster} with the running task {@code a}, which the master never lists. The test controls the
 * time and the wakeups of the watch.
 */
final class WatchOfOneTask implements AutoCloseable {
    final FaultyMaster master = new FaultyMaster();
    final ManualWakeup streamWakeup = new ManualWakeup();
    final ManualWakeup pollWakeup = new ManualWakeup();
    final ManualWakeup watchdogWakeup = new ManualWakeup();
    final Launch a = new Launch(master.key("a"), 1);
    final ClusterWatch watch;
    private final BlockingQueue<ClusterState> states = new LinkedBlockingQueue<>();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile Duration step = Duration.ZERO;

    WatchOfOneTask() {
        Queue<Wakeup> wakeups = new ArrayDeque<>(List.of(streamWakeup, pollWakeup, watchdogWakeup));
        watch = new ClusterWatch(
                TestConfig.of(master.uri()),
                () -> Histories.NONE_REPORTED,
                () -> now.plus(step),
                () -> Duration.between(Instant.EPOCH, now).toNanos(),
                new PeerClocks(() -> now.plus(step), System::nanoTime),
                new Random(1),
                wakeups::remove);
    }

    /** Sets the clock forward, while no time passes. */
    void stepClock(Duration ahead) {
        step = ahead;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Starts the watch without a task. */
    void start() {
        start(this::changed);
    }

    void start(ClusterListener listener) {
        watch.start(List.of(), listener);
    }

    void watchATask() throws InterruptedException {
        start();
        stateWhere(s -> master.subscriptions() == 1);
        // Waits for two polls: the first one, and the poll that the stream triggers after it has subscribed. The master
        // never lists the task, so each poll that begins after the event counts as an absence, and the second of them
        // ends the task.
        pollWakeup.armed();
        pollWakeup.armed();
        master.addTask("a");
        stateWhere(s -> s.launches().containsKey(a));
    }

    /**
     * Triggers the next poll and delays its response until the returned latch opens. Returns when the master has the
     * request.
     */
    CountDownLatch heldPoll() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        master.on("/state", (exchange, _, own) -> {
            asked.countDown();
            await(answer);
            own.handle(exchange);
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
    void nextPoll() throws InterruptedException {
        long before = polls();
        while (polls() < before + 2) {
            pollWakeup.wake();
            pollWakeup.armed();
        }
    }

    /** Triggers one more poll and waits for its end, when no poll is pending. */
    void onePoll() throws InterruptedException {
        pollWakeup.wake();
        pollWakeup.armed();
    }

    private long polls() {
        return master.requests().stream()
                .filter(r -> r.startsWith("GET /state"))
                .count();
    }

    void awaitNewStream(String error) throws InterruptedException {
        assertThat(streamWakeup.armed()).isLessThanOrEqualTo(Duration.ofMillis(100));
        assertThat(watch.health().errors()).anyMatch(e -> e.contains(error));
        assertThat(end()).isEmpty();
        int before = master.subscriptions();

        streamWakeup.wake();
        stateWhere(s -> master.subscriptions() == before + 1);
        assertThat(end()).isEmpty();
    }

    private Set<Launch> changed(ClusterState state, Set<Launch> touched) {
        states.add(state);
        return Set.of();
    }

    ClusterState stateWhere(Predicate<ClusterState> wanted) throws InterruptedException {
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

    /** The end of the task in the current state; it must be known. */
    Optional<TaskEnd> end() {
        return watch.state().launches().get(a).end();
    }

    Task task(ClusterState state) {
        return state.launches().get(a).task();
    }

    @Override
    public void close() {
        watch.close();
        master.close();
    }
}
