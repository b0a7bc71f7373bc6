package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real connections on loopback, with the kernel's own counters; a left-over socket is played by one of another connection. */
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
    void countersOfTwoEndsAgreeOnlyWhereOneConnectionAllowsIt(
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
        "1000, 0, 0, true, as slow as a segment may be",
        "1001, 0, 0, false, a left-over socket that asked before",
        "1300, 0, 300, true, the second reading took its time",
        "1301, 0, 300, false, and yet not enough",
        "4294967295, 0, 0, false, an odd age"
    })
    void aCallerHasSentSomethingSinceTheAgentReceivedSomething(
            long sinceSent, long sinceReceived, long elapsed, boolean fits) {
        var agent = new TcpCounters(2, 0, 100, 0, 0, sinceReceived);

        assertThat(new TcpCounters(1, 100, 0, 100, sinceSent, 0)
                        .canHaveSentWhatArrivedAt(agent, Duration.ofMillis(elapsed)))
                .isEqualTo(fits);
    }

    @Test
    void theTwoEndsOfAConnectionAgreeThroughRequestsAnswersAndAHalfClose() throws IOException {
        try (var connection = new Connection()) {
            for (int i = 0; i < 200; i++) {
                connection.ask(1 + i * 7);
                assertThat(connection.objection()).isEmpty();
                connection.answer(1 + i * 11);
            }
            connection.caller.shutdownOutput();
            assertThat(connection.accepted.getInputStream().read()).isEqualTo(-1);
            assertThat(connection.objection()).isEmpty();
        }
    }

    @Test
    void aSocketThatHasReceivedAnAnswerIsNotTheCallerOfANewConnection() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            leftOver.ask(100);
            leftOver.answer(50);
            attack.ask(100);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK))
                    .get()
                    .isInstanceOf(Attestation.NoContainer.class);
        }
    }

    /** Answers of the right length could be collected before the first attestation. */
    @Test
    void aConnectionIsNotAttestedForTheFirstTimeAfterAnAnswer() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            leftOver.ask(100);
            leftOver.answer(50);
            attack.ask(100);
            attack.answer(50);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK))
                    .get()
                    .isInstanceOf(Attestation.Unknown.class);
        }
    }

    @Test
    void anAttestedConnectionStaysThatOfOneSocket() throws IOException {
        try (var leftOver = new Connection();
                var attack = new Connection()) {
            attack.ask(100);
            assertThat(attack.objection()).isEmpty();
            attack.answer(50);
            leftOver.ask(100);
            leftOver.answer(50);

            assertThat(ends.objection(attack.ends(), leftOver.located(), TASK))
                    .get()
                    .isInstanceOf(Attestation.NoContainer.class);
        }
    }

    @Test
    void aThreadThatCannotBeStartedOnceKeepsNoTurn() throws IOException {
        ends.close();
        var refuse = new AtomicBoolean(true);
        ends = new ConnectionEnds(host, task -> {
            if (refuse.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Thread.ofPlatform().daemon().unstarted(task);
        });
        try (var connection = new Connection()) {
            connection.ask(100);

            assertThat(connection.objection()).hasValueSatisfying(refused -> assertThat(refused.toString())
                    .contains("unable to create native thread"));
            assertThat(connection.objection()).isEmpty();
        }
    }

    /** A caller, and the agent's end. */
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
            var at = ends();
            var found = (SocketAnswer.Found) host.find(at.source(), at.destination());
            return new SocketFinder.Located(
                    new SocketAnswer.Found(
                            found.inode(), found.cookie(), found.user(), OptionalLong.empty(), OptionalLong.empty()),
                    host,
                    at.source(),
                    at.destination(),
                    List.of(),
                    true);
        }

        Optional<Attestation> objection() {
            return ends.objection(ends(), located(), TASK);
        }

        void ask(int bytes) throws IOException {
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
