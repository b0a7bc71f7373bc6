package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packet filter rules accept a listening socket only by its mark. */
class SocketMarkTest {
    private static final int MARK = 0x1010;

    @BeforeEach
    void asRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: marks of sockets: not root");
        }
        assumeTrue(root, "not root");
    }

    /** A service manager that sets no mark, such as another supervisor. */
    @Test
    void passedSocketWithoutAMarkGetsOneAndKeepsItWhileNoAgentRuns() throws Exception {
        try (ServerSocket managers = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            int kept = descriptorOf(managers);
            ActivatedSocket handedOver = ActivatedSocket.of(Libc.duplicate(kept));
            assertThat(SocketCalls.socketOption(kept, SocketCalls.SO_MARK)).isZero();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            try {
                handedOver.replace(server.getAddress());

                SocketMark.set(managers.getLocalPort(), MARK);
            } finally {
                server.stop(0);
            }

            assertThat(SocketCalls.socketOption(kept, SocketCalls.SO_MARK)).isEqualTo(MARK);
        }
    }

    @Test
    void listenerOnAnotherPortGetsNoMark() throws Exception {
        try (ServerSocket agents = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            SocketMark.set(agents.getLocalPort(), MARK);

            assertThat(SocketCalls.socketOption(descriptorOf(agents), SocketCalls.SO_MARK))
                    .isEqualTo(MARK);
            assertThat(SocketCalls.socketOption(descriptorOf(other), SocketCalls.SO_MARK))
                    .isZero();
        }
    }

    @Test
    void portWithoutAListenerIsRefused() throws Exception {
        int port = TestPort.claim();

        assertThatThrownBy(() -> SocketMark.set(port, MARK))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("doesn't listen on port " + port);
    }

    private static int descriptorOf(ServerSocket socket) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ActivatedSocket.OWN_DESCRIPTORS)) {
            for (Path one : all) {
                int descriptor = ActivatedSocket.number(one);
                if (ActivatedSocket.listening(descriptor)
                        .filter(address -> address.getPort() == socket.getLocalPort())
                        .isPresent()) {
                    return descriptor;
                }
            }
        }
        throw new IOException("no descriptor listens on " + socket);
    }
}
