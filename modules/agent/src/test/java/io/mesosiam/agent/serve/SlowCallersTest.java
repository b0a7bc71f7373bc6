package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.http.ConnectionTimes;
import io.mesosiam.agent.serve.http.Listener;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Callers that open a connection without a complete request: each connection is closed, and other callers are served.
 */
class SlowCallersTest {
    private static final String REQUEST = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
    private static final int CONNECTIONS = 8;
    private static final int PATIENCE_MILLIS = TimeLimit.millis(30_000);

    private static final ConnectionTimes SHORT = new ConnectionTimes(
            Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMillis(100));

    private static final ConnectionTimes SHORT_FOR_REQUESTS = new ConnectionTimes(
            Duration.ofSeconds(1), Duration.ofSeconds(10), TimeLimit.seconds(300), Duration.ofMillis(100));

    private final TestEndpoint impatient = serving(new Listener.Limits(304, 0, SHORT));
    private final TestEndpoint keeping = serving(new Listener.Limits(304, 0, SHORT_FOR_REQUESTS));
    private final TestEndpoint small = serving(new Listener.Limits(CONNECTIONS, 0, ConnectionTimes.USUAL));

    private static TestEndpoint serving(Listener.Limits limits) {
        TestEndpoint endpoint = new TestEndpoint();
        endpoint.limits = limits;
        endpoint.leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        return endpoint;
    }

    @AfterEach
    void stop() {
        impatient.close();
        keeping.close();
        small.close();
    }

    @Test
    void silentConnectionIsClosed() throws IOException {
        try (Socket silent = connect(impatient)) {
            assertServes(impatient);

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionWithAnIncompleteRequestIsClosed() throws IOException {
        try (Socket half = connect(impatient)) {
            half.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            assertServes(impatient);

            assertThat(ends(half)).isTrue();
        }
    }

    @Test
    void connectionWithASlowRequestIsClosed() throws IOException {
        try (Socket slow = connect(impatient)) {
            slow.setSoTimeout(20);
            slow.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            boolean over = false;
            for (int letters = 0; letters < 1500 && !over; letters++) {
                over = !writes(slow, letters == 0 ? "X-Slow: " : "x") || ends(slow);
            }

            assertThat(over).isTrue();
            assertServes(impatient);
        }
    }

    @Test
    void idleConnectionIsClosedAfterAnAnswer() throws IOException {
        try (Socket idle = connect(impatient)) {
            idle.getOutputStream().write((REQUEST + "\r\n").getBytes(US_ASCII));

            // reads all bytes until the end
            assertThat(new String(idle.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void connectionWhoseNextRequestArrivedInPartWithTheLastOneIsClosedLikeOneWithAnIncompleteRequest()
            throws IOException {
        try (Socket half = connect(keeping)) {
            half.getOutputStream().write((REQUEST + "\r\n" + REQUEST).getBytes(US_ASCII));

            // reads all bytes until the end
            assertThat(new String(half.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void connectionsBeyondTheLimitReplaceTheOldestIdleOnes() throws IOException {
        List<Socket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = connect(small);
                taken.add(socket);
                socket.getOutputStream().write((REQUEST + "\r\n").getBytes(US_ASCII));
                assertThat(answerEndsWith(socket, '}')).isTrue();
            }

            assertServes(small);

            assertThat(ends(taken.getFirst())).isTrue();
            taken.getLast().getOutputStream().write((REQUEST + "\r\n").getBytes(US_ASCII));
            assertThat(answerEndsWith(taken.getLast(), '}')).isTrue();
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitReplaceTheOldestOnesWhoseRequestIsIncomplete() throws IOException {
        List<Socket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = connect(small);
                taken.add(socket);
                socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            }

            assertServes(small);

            assertThat(ends(taken.getFirst())).isTrue();
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    private static boolean answerEndsWith(Socket socket, char last) throws IOException {
        int c = socket.getInputStream().read();
        while (c >= 0 && c != last) {
            c = socket.getInputStream().read();
        }
        return c == last;
    }

    private static Socket connect(TestEndpoint endpoint) throws IOException {
        Socket socket =
                new Socket(endpoint.address().getAddress(), endpoint.address().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void assertServes(TestEndpoint endpoint) throws IOException {
        assertThat(request(endpoint)).startsWith("HTTP/1.1 200 ").contains("ASIAEXAMPLE");
    }

    /** The answer; empty if the connection ended without one. */
    private static String request(TestEndpoint endpoint) throws IOException {
        try (Socket socket = connect(endpoint)) {
            socket.getOutputStream().write((REQUEST + "Connection: close\r\n\r\n").getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }

    private static boolean writes(Socket socket, String letters) throws IOException {
        try {
            socket.getOutputStream().write(letters.getBytes(US_ASCII));
            return true;
        } catch (SocketException reset) {
            return false;
        }
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException goesOn) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
