package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {
    private ServerSocket server;

    @BeforeEach
    void listen() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private Socket connect() throws Exception {
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        socket.setSoTimeout(TimeLimit.millis(10_000));
        return socket;
    }

    @Test
    void onlyAcceptedConnectionsOfThePortAreListed() throws Exception {
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            List<OpenConnections.Connection> open = OpenConnections.on(server.getLocalPort());

            assertThat(open).singleElement().satisfies(connection -> {
                assertThat(connection.remote())
                        .isEqualTo(new InetSocketAddress(caller.getLocalAddress(), caller.getLocalPort()));
                assertThat(connection.local())
                        .isEqualTo(new InetSocketAddress(accepted.getLocalAddress(), accepted.getLocalPort()));
                assertThat(connection.silent()).isTrue();
                assertThat(connection.idle()).isBetween(Duration.ZERO, TimeLimit.seconds(20));
            });
        }
        assertThat(OpenConnections.on(server.getLocalPort())).isEmpty();
    }

    @Test
    void connectionThatReceivedDataIsNotSilent() throws Exception {
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            caller.getOutputStream().write('G');
            assertThat(accepted.getInputStream().read()).isEqualTo('G');

            assertThat(OpenConnections.on(server.getLocalPort()))
                    .singleElement()
                    .satisfies(connection -> assertThat(connection.silent()).isFalse());
        }
    }

    @Test
    void endedConnectionIsClosedOnBothSides() throws Exception {
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            accepted.setSoTimeout(TimeLimit.millis(10_000));

            assertThat(OpenConnections.end(
                            OpenConnections.on(server.getLocalPort()).getFirst()))
                    .isTrue();

            assertThat(caller.getInputStream().read()).isNegative();
            assertThat(accepted.getInputStream().read()).isNegative();
        }
    }

    /** Descriptor numbers are reused at once. */
    @Test
    void connectionWithAReusedDescriptorIsNotEnded() throws Exception {
        OpenConnections.Connection first;
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            first = OpenConnections.on(server.getLocalPort()).getFirst();
            assertThat(caller.isConnected() && accepted.isConnected()).isTrue();
        }
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            OpenConnections.Connection second =
                    OpenConnections.on(server.getLocalPort()).getFirst();
            var mistaken = new OpenConnections.Connection(
                    second.descriptor(), first.cookie(), second.remote(), second.local(), false, Duration.ZERO);

            assertThat(OpenConnections.end(mistaken)).isFalse();

            accepted.getOutputStream().write('a');
            assertThat(caller.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void descriptorsAreCounted() throws Exception {
        int before = OpenConnections.descriptors();
        try (Socket caller = connect();
                Socket accepted = server.accept()) {
            assertThat(OpenConnections.descriptors()).isGreaterThanOrEqualTo(2);
            assertThat(caller.isConnected() && accepted.isConnected()).isTrue();
        }
        assertThat(before).isPositive();
    }
}
