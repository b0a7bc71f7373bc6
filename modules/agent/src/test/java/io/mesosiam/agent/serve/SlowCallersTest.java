package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Callers that open a connection without a complete request: each connection is closed, and other callers are served.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowCallersTest {
    private static final String REQUEST = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
    private static final int CONNECTIONS = 8;

    private EndpointProcess impatient;
    private EndpointProcess small;

    @BeforeAll
    void start() throws IOException {
        impatient = EndpointProcess.with(
                "sun.net.httpserver.maxReqTime=1",
                "sun.net.httpserver.timerMillis=100",
                "sun.net.httpserver.idleInterval=1",
                "sun.net.httpserver.clockTick=100");
        small = EndpointProcess.with("jdk.httpserver.maxConnections=" + CONNECTIONS);
    }

    @AfterAll
    void stop() {
        impatient.close();
        small.close();
    }

    @Test
    void silentConnectionIsClosed() throws IOException {
        try (Socket silent = impatient.connect()) {
            assertServes(impatient);

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionWithAnIncompleteRequestIsClosed() throws IOException {
        try (Socket half = impatient.connect()) {
            half.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            assertServes(impatient);

            assertThat(ends(half)).isTrue();
        }
    }

    @Test
    void connectionWithASlowRequestIsClosed() throws IOException {
        try (Socket slow = impatient.connect()) {
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
        try (Socket idle = impatient.connect()) {
            idle.getOutputStream().write((REQUEST + "\r\n").getBytes(US_ASCII));

            // reads all bytes until the end
            assertThat(new String(idle.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedUntilOthersEnd() throws IOException {
        List<Socket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = small.connect();
                taken.add(socket);
                socket.getOutputStream().write((REQUEST + "\r\n").getBytes(US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            try (Socket tooMany = small.connect()) {
                assertThat(ends(tooMany)).isTrue();
            }

            taken.removeFirst().close();

            String answer = "";
            for (int tries = 0; tries < 1000 && answer.isEmpty(); tries++) {
                answer = request(small);
            }
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    private static void assertServes(EndpointProcess endpoint) throws IOException {
        assertThat(request(endpoint)).startsWith("HTTP/1.1 200 ").contains("ASIAEXAMPLE");
    }

    /** The answer; empty if the connection ended without one. */
    private static String request(EndpointProcess endpoint) throws IOException {
        try (Socket socket = endpoint.connect()) {
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
