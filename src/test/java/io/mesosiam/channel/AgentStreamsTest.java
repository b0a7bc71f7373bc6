package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentStreamsTest {
    /** Two hosts with the same hash. */
    private static final MesosAgentId HOST = new MesosAgentId("Aa");

    private static final MesosAgentId OTHER = new MesosAgentId("BB");

    private final AgentStreams streams =
            new AgentStreams(() -> Instant.EPOCH, new RepeatedLines(Duration.ofMinutes(1)));
    private final List<String> done = new CopyOnWriteArrayList<>();

    @ParameterizedTest(name = "{0} agents move within {1}")
    @CsvSource({"0, PT0.2S", "10, PT0.2S", "500, PT5S", "2500, PT25S", "4000, PT40S", "5000, PT40S"})
    void moreAgentsGetMoreTimeToMove(int agents, Duration within) {
        assertThat(AgentStreams.timeOfMoves(agents, Duration.ofSeconds(40))).isEqualTo(within);
    }

    @Test
    void workThatWaitsDoesNotDelayOtherHosts() throws Exception {
        assertThat(OTHER.hashCode()).isEqualTo(HOST.hashCode());
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Thread slow = Thread.ofVirtual()
                .start(() -> streams.locked(HOST, () -> {
                    waits.countDown();
                    await(answer);
                }));
        await(waits);

        Thread other = Thread.ofVirtual().start(() -> streams.locked(OTHER, () -> done.add("other")));

        try {
            assertThat(other.join(TimeLimit.seconds(5)))
                    .as("the other host's work is done")
                    .isTrue();
            assertThat(done).containsExactly("other");
        } finally {
            answer.countDown();
            slow.join();
        }
    }

    @Test
    void workOfOneHostIsSequentialAndItsLockIsRemovedAfterwards() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Thread first = Thread.ofVirtual()
                .start(() -> streams.locked(HOST, () -> {
                    waits.countDown();
                    await(answer);
                    done.add("first");
                }));
        await(waits);
        Thread second = Thread.ofPlatform().start(() -> streams.locked(HOST, () -> done.add("second")));
        awaitEndOrLock(second);
        assertThat(streams.lockedHosts()).isEqualTo(1);

        answer.countDown();
        first.join();
        second.join();

        assertThat(done).containsExactly("first", "second");
        assertThat(streams.lockedHosts()).isZero();
    }

    @Test
    void lockIsReleasedAfterWorkThatFails() {
        try {
            streams.locked(HOST, () -> {
                throw new IllegalStateException("thrown by the test");
            });
        } catch (IllegalStateException e) {
            done.add(String.valueOf(e.getMessage()));
        }

        streams.locked(HOST, () -> done.add("next"));

        assertThat(done).containsExactly("thrown by the test", "next");
        assertThat(streams.lockedHosts()).isZero();
    }

    private static void awaitEndOrLock(Thread thread) {
        Instant end = Instant.now().plus(TimeLimit.seconds(20));
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            assertThat(Instant.now()).as("the thread ends or waits for a lock").isBefore(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
