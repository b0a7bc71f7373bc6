package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ConnectTurnsTest {
    private final ConnectTurns turns = new ConnectTurns();
    private final List<String> connected = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> waiting = new ArrayList<>();

    @Test
    void hostsWithAWaitingTaskConnectFirst() throws InterruptedException {
        turns.run(host("first"), false, () -> {
            waits("b", false);
            waits("c", true);
            waits("d", false);
            waits("e", true);
        });

        assertThat(connectedInTheEnd()).containsExactly("c", "e", "b", "d");
    }

    @Test
    void everyFourthTurnIsOfTheRest() throws InterruptedException {
        turns.run(host("first"), false, () -> {
            for (int host = 1; host <= 7; host++) {
                waits("urgent" + host, true);
            }
            waits("b", false);
            waits("c", false);
        });

        assertThat(connectedInTheEnd())
                .containsExactly("urgent1", "urgent2", "urgent3", "b", "urgent4", "urgent5", "urgent6", "c", "urgent7");
    }

    @Test
    void hostThatATaskStartsOnWhileItWaitsConnectsBeforeTheRest() throws InterruptedException {
        turns.run(host("first"), false, () -> {
            waits("b", false);
            waits("c", false);
            turns.hasten(Predicate.isEqual(host("c")));
        });

        assertThat(connectedInTheEnd()).containsExactly("c", "b");
    }

    @Test
    void failedConnectPassesTheTurnOn() throws InterruptedException {
        assertThatThrownBy(() -> turns.run(host("first"), false, () -> {
                    waits("b", false);
                    throw new IllegalStateException("not connected");
                }))
                .hasMessage("not connected");

        assertThat(connectedInTheEnd()).containsExactly("b");
        turns.run(host("c"), false, () -> connected.add("c"));
        assertThat(connected).containsExactly("b", "c");
    }

    /** Returns when the host waits for its turn. */
    private void waits(String name, boolean isUrgent) {
        Thread thread = Thread.ofVirtual().start(() -> turns.run(host(name), isUrgent, () -> connected.add(name)));
        waiting.add(thread);
        Instant end = Instant.now().plus(TimeLimit.seconds(20));
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(Instant.now()).as("the host waits for its turn").isBefore(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<String> connectedInTheEnd() throws InterruptedException {
        for (Thread thread : waiting) {
            assertThat(thread.join(TimeLimit.seconds(20))).isTrue();
        }
        return connected;
    }

    private static MesosAgentId host(String name) {
        return new MesosAgentId(name);
    }
}
