package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real connections on loopback, with the kernel's counters. A socket of another connection takes the role of a
 * left-over socket.
 */
class ConnectionEndsTest {
    private static final Container TASK = new Container("task", 1);

    private SockDiag host;
    private ConnectionEnds ends;

    @BeforeEach
    void open() throws IOException {
        host = SockDiag.open(1);
        ends = new ConnectionEnds(host);
    }

    @AfterEach
    void close() {
        ends.close();
        host.close();
    }

    @ParameterizedTest
    @CsvSource({
        // caller: acked, received, sent; agent before and after: received, acked, sent
        "100,0,100, 100,0,0, true, a request that is acknowledged",
        "0,0,100, 100,0,0, true, a request whose acknowledgement is delayed",
        "0,0,100, 0,0,0, true, a request in flight",
        "100,50,200, 200,50,50, true, a second request",
        "100,50,100, 100,0,0, false, a left-over socket that has received an answer",
        "90,0,90, 100,0,0, false, a left-over socket that has sent less",
        "110,0,110, 100,0,0, false, a left-over socket that has sent more",
        "100,0,100, 100,50,50, false, a socket that has not received what was acknowledged"
    })
    void countersMatchOnlyIfPossibleForOneConnection(
            long acked, long received, long sent, long theirs, long agentAcked, long agentSent, boolean fits) {
        var agent = new TcpCounters(2, agentAcked, theirs, agentSent, 0, 0);
        assertThat(new TcpCounters(1, acked, received, sent, 0, 0).canBePeerOf(agent, agent))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        // ms: since the caller sent, since the agent received, between the two readings
        "0, 0, 0, true, just now",
        "0, 5000, 0, true, a request in flight after a pause",
        "5000, 5000, 0, true, a request that has been held for a while",
        "1000, 0, 0, true, the longest transit",
        "1001, 0, 0, false, a left-over socket that sent a request before",
        "1300, 0, 300, true, a slow second reading",
        "1301, 0, 300, false, a slow second reading that is not slow enough",
        "4294967295, 0, 0, false, an odd age"
    })
    void callerMustHaveSentSinceTheAgentLastReceived(long sinceSent, long sinceReceived, long elapsed, boolean fits) {
        var agent = new TcpCounters(2, 0, 100, 0, 0, sinceReceived);

        assertThat(new TcpCounters(1, 100, 0, 100, sinceSent, 0)
                        .canHaveSentWhatArrivedAt(agent, Duration.ofMillis(elapsed)))
                .isEqualTo(fits);
    }

    @Test
    void endsOfAConnectionMatchThroughRequestsAnswersAndAHalfClose() throws IOException {
        try (var connection = new Connection()) {
            for (int i = 0; i < 200; i++) {
                connection.send(1 + i * 7);
                assertThat(connection.objection()).isEmpty();
                connection.answer(1 + i * 11);
            }
            connection.caller.shutdownOutput();
            assertThat(connection.accepted.getInputStream().read()).isEqualTo(-1);
            assertThat(connection.objection()).isEmpty();
        }
    }

    @Test
    void socketThatReceivedAnAnswerIsNotTheCallerOfANewConnection() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            leftOver.send(100);
            leftOver.answer(50);
            attack.send(100);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK, Deadlines.ample()))
                    .get()
                    .isInstanceOf(Attestation.NoContainer.class);
        }
    }

    /** Otherwise an attacker could collect answers of the right length before the first attestation. */
    @Test
    void firstAttestationAfterAnAnswerFails() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            leftOver.send(100);
            leftOver.answer(50);
            attack.send(100);
            attack.answer(50);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK, Deadlines.ample()))
                    .get()
                    .isInstanceOf(Attestation.Unknown.class);
        }
    }

    @Test
    void attestedConnectionBelongsToOneSocket() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            attack.send(100);
            assertThat(attack.objection()).isEmpty();
            attack.answer(50);
            leftOver.send(100);
            leftOver.answer(50);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK, Deadlines.ample()))
                    .get()
                    .isInstanceOf(Attestation.NoContainer.class);
        }
    }

    @Test
    void threadThatCannotBeStartedReleasesItsPermit() throws IOException {
        ends.close();
        var refuse = new AtomicBoolean(true);
        ends = new ConnectionEnds(host, task -> {
            if (refuse.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Thread.ofPlatform().daemon().unstarted(task);
        });
        try (var connection = new Connection()) {
            connection.send(100);

            assertThat(connection.objection()).hasValueSatisfying(refused -> assertThat(refused.toString())
                    .contains("unable to create native thread"));
            assertThat(connection.objection()).isEmpty();
        }
    }

    /** Each of them can wait for a lock that a process holds. */
    @Test
    void agentsEndIsReadWhileAllQueriesForCallersWait() throws IOException {
        ends.close();
        try (SockDiag withoutCounters = SockDiag.open(0);
                var connection = new Connection()) {
            ends = new ConnectionEnds(withoutCounters);
            connection.send(100);

            assertThat(connection.objection()).isEmpty();
        }
    }

    /** A task holds the locks of its sockets; on the host's network a limited number of queries can wait. */
    @Test
    void outermostContainerAndAllNestedInItHoldOneQuery() throws Exception {
        try (var connection = new Connection();
                var locked = new LockedSockets()) {
            connection.send(100);
            for (String id : List.of("pod/first", "pod/second", "pod", "pod/first/check")) {
                assertThat(ends.objection(
                                connection.ends(), connection.located(locked), new Container(id, 1), Deadlines.ample()))
                        .get()
                        .isInstanceOf(Attestation.Unknown.class);
            }

            assertThat(locked.queries).hasValue(1);
            assertThat(connection.objection()).as("another container").isEmpty();
        }
    }

    /** Sockets whose locks are held until this is closed. */
    private static final class LockedSockets implements SocketLookup {
        private final AtomicInteger queries = new AtomicInteger();
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
            return new SocketAnswer.Absent();
        }

        @Override
        public CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
            queries.incrementAndGet();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new CountersAnswer.Failed("released");
        }

        @Override
        public void close() {
            released.countDown();
        }
    }

    /** A caller's socket, and the agent's end. */
    private final class Connection implements AutoCloseable {
        private final Socket caller;
        private final Socket accepted;

        Connection() throws IOException {
            try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                caller = new Socket(listener.getInetAddress(), listener.getLocalPort());
                accepted = listener.accept();
            }
        }

        Caller ends() {
            return new Caller((InetSocketAddress) accepted.getRemoteSocketAddress(), (InetSocketAddress)
                    accepted.getLocalSocketAddress());
        }

        SocketFinder.Located located() {
            return located(host);
        }

        /** @param lookup reads the counters */
        SocketFinder.Located located(SocketLookup lookup) {
            var at = ends();
            var found = (SocketAnswer.Found) host.find(at.source(), at.destination(), Deadlines.ample());
            return new SocketFinder.Located(
                    new SocketAnswer.Found(
                            found.inode(), found.cookie(), found.user(), OptionalLong.empty(), OptionalLong.empty()),
                    lookup,
                    at.source(),
                    at.destination(),
                    List.of(),
                    true);
        }

        Optional<Attestation> objection() {
            return ends.objection(ends(), located(), TASK, Deadlines.ample());
        }

        void send(int bytes) throws IOException {
            caller.getOutputStream().write(new byte[bytes]);
            accepted.getInputStream().readNBytes(bytes);
        }

        void answer(int bytes) throws IOException {
            accepted.getOutputStream().write(new byte[bytes]);
            caller.getInputStream().readNBytes(bytes);
        }

        @Override
        public void close() throws IOException {
            caller.close();
            accepted.close();
        }
    }
}
