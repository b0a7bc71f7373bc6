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

/** Callers that take a connection and don't ask: each is cut off, and those who ask are served meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowCallersTest {
    private static final String ASK = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
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
    void whoeverSaysNothingIsCutOff() throws IOException {
        try (Socket silent = impatient.connect()) {
            assertServes(impatient);

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void whoeverSaysHalfARequestIsCutOff() throws IOException {
        try (Socket half = impatient.connect()) {
            half.getOutputStream().write(ASK.getBytes(US_ASCII));
            assertServes(impatient);

            assertThat(ends(half)).isTrue();
        }
    }

    @Test
    void whoeverSpeaksLetterByLetterIsCutOffAllTheSame() throws IOException {
        try (Socket slow = impatient.connect()) {
            slow.setSoTimeout(20);
            slow.getOutputStream().write(ASK.getBytes(US_ASCII));
            boolean over = false;
            for (int letters = 0; letters < 1500 && !over; letters++) {
                over = !speaks(slow, letters == 0 ? "X-Slow: " : "x") || ends(slow);
            }

            assertThat(over).isTrue();
            assertServes(impatient);
        }
    }

    @Test
    void whoeverHasBeenAnsweredAndAsksNoMoreIsCutOff() throws IOException {
        try (Socket idle = impatient.connect()) {
            idle.getOutputStream().write((ASK + "\r\n").getBytes(US_ASCII));

            // all that comes before the end
            assertThat(new String(idle.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void moreConnectionsThanTheLimitAreCutOffUntilOthersEnd() throws IOException {
        List<Socket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = small.connect();
                taken.add(socket);
                socket.getOutputStream().write((ASK + "\r\n").getBytes(US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            try (Socket tooMany = small.connect()) {
                assertThat(ends(tooMany)).isTrue();
            }

            taken.removeFirst().close();

            String answer = "";
            for (int tries = 0; tries < 1000 && answer.isEmpty(); tries++) {
                answer = ask(small);
            }
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    private static void assertServes(EndpointProcess endpoint) throws IOException {
        assertThat(ask(endpoint)).startsWith("HTTP/1.1 200 ").contains("ASIAEXAMPLE");
    }

    /** The answer; empty if the connection ended without one. */
    private static String ask(EndpointProcess endpoint) throws IOException {
        try (Socket socket = endpoint.connect()) {
            socket.getOutputStream().write((ASK + "Connection: close\r\n\r\n").getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }

    private static boolean speaks(Socket socket, String letters) throws IOException {
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
