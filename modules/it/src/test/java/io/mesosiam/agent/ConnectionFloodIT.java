package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.link.FakeController;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent with its shipped JVM flags, while a caller opens far more connections than are admitted. */
class ConnectionFloodIT {
    private static final int CONNECTIONS = 1100;
    private static final String REQUEST = "GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n";

    @TempDir
    private Path directory;

    /** What the caller sends on each connection, which then stays open. */
    enum Flood {
        BEGINS_A_REQUEST("GET /v2/"),
        LONG_REQUEST_LINE("GET /v2/" + "a".repeat(16_000)),
        HEADERS_WITHOUT_AN_END(REQUEST + ("X-Filler: " + "a".repeat(240) + "\r\n").repeat(40)),
        ASKS_AND_NEVER_READS((REQUEST + "\r\n").repeat(100));

        private final String sent;

        Flood(String sent) {
            this.sent = sent;
        }
    }

    @ParameterizedTest
    @EnumSource
    void agentSurvivesAConnectionFloodAndAnswersAfterwards(Flood flood) throws Exception {
        TestCa ca = TestCa.in(directory);
        try (FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent = AgentProcess.start(
                        AgentProgram.underTest(),
                        directory,
                        AgentSettings.withoutContainers(
                                AgentSettings.listening(ca, controller, "mesos", "127.0.0.1:0")))) {
            URI endpoint = agent.endpoint();
            for (int round = 0; round < 2; round++) {
                List<Socket> open = new ArrayList<>();
                try {
                    for (int i = 0; i < CONNECTIONS; i++) {
                        open.add(connect(endpoint, flood.sent));
                    }
                } finally {
                    for (Socket socket : open) {
                        socket.close();
                    }
                }
            }

            // the agent handles the ends of the connections one by one, so retries are admitted later
            String status = "";
            long until = System.nanoTime() + TimeLimit.seconds(20).toNanos();
            while (!status.startsWith("HTTP/1.1 403") && System.nanoTime() < until) {
                status = ask(endpoint);
            }
            assertThat(status).as(agent.log()).startsWith("HTTP/1.1 403");
            assertThat(agent.stop()).isZero();
        }
    }

    private static Socket connect(URI endpoint, String sent) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(2048);
        socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), TimeLimit.millis(10_000));
        try {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException cutOff) {
            // a connection beyond the limit
        }
        return socket;
    }

    private static String ask(URI endpoint) {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.setSoTimeout(TimeLimit.millis(5_000));
            socket.getOutputStream().write((REQUEST + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        } catch (IOException cutOff) {
            return "";
        }
    }
}
