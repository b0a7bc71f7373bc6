package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A controller's end of the stream, over real TLS, which the test controls. */
public final class FakeController implements AutoCloseable {
    private static final long PATIENCE_SECONDS = TimeLimit.seconds(20).toSeconds();

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private final HttpServer server;

    /** Listens on a free port of localhost, with this certificate, for agents of this CA. */
    public FakeController(TestCa ca, TestCa.Identity identity) throws Exception {
        this(ca.certificateFile(), identity);
    }

    /** @param authorities PEM file: the CA of the agents */
    public FakeController(Path authorities, TestCa.Identity identity) throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(identity.certificate().toString())
                        .addKeyPath(identity.key().toString()))
                .setTrustOptions(new PemTrustOptions().addCertPath(authorities.toString()))
                .setMaxWebSocketFrameSize(Protocol.MAX_FRAME)
                .setMaxWebSocketMessageSize(Protocol.MAX_FRAME);
        server = vertx.createHttpServer(options)
                .webSocketHandler(socket -> {
                    Connection _ = new Connection(socket, connections);
                })
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public URI uri() {
        return URI.create("wss://localhost:" + server.actualPort());
    }

    /** The next agent's stream; waits for it. */
    public Connection accept() throws InterruptedException {
        return taken(connections, "no agent connected");
    }

    boolean hasConnections() {
        return !connections.isEmpty();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static <T> T taken(BlockingQueue<T> queue, String otherwise) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError(otherwise);
        }
        return next;
    }

    /** One agent's stream. */
    public static final class Connection {
        private final ServerWebSocket socket;
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        /** A connection counts as a stream once it has sent a message: doctor opens one too, and sends nothing. */
        private Connection(ServerWebSocket socket, BlockingQueue<Connection> withMessage) {
            this.socket = socket;
            socket.closeHandler(_ -> closed.countDown());
            AtomicBoolean first = new AtomicBoolean(true);
            socket.textMessageHandler(frame -> {
                frames.add(frame);
                if (first.getAndSet(false)) {
                    withMessage.add(this);
                }
            });
        }

        String path() {
            return socket.path();
        }

        /** The agent's certificate. */
        public Certificate certificate() throws SSLPeerUnverifiedException {
            return socket.sslSession().getPeerCertificates()[0];
        }

        /** The next message, which has to be of this type. An agent reports its exposure at any time. */
        public <T extends AgentMessage> T next(Class<T> type) throws Exception {
            AgentMessage message = decoded(taken(frames, "the agent sent nothing"));
            while (message instanceof AgentMessage.Exposure && !type.isInstance(message)) {
                message = decoded(taken(frames, "the agent sent nothing"));
            }
            return type.cast(message);
        }

        private static AgentMessage decoded(String frame) throws Exception {
            return ((Decoded.Known<AgentMessage>) AgentMessageCodec.decode(frame)).message();
        }

        public void send(ControllerMessage message) {
            send(new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8));
        }

        /** The next message; waits without a time limit. */
        public AgentMessage take() throws Exception {
            return ((Decoded.Known<AgentMessage>) AgentMessageCodec.decode(frames.take())).message();
        }

        void send(String frame) {
            socket.writeTextMessage(frame)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }

        /** Sends a message that is lost if the agent has closed the stream. */
        void sendQuietly(ControllerMessage message) {
            var unused =
                    socket.writeTextMessage(new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8));
        }

        boolean isOpen() {
            return closed.getCount() > 0;
        }

        /** Waits until the agent has closed the stream. */
        void awaitClosed() throws InterruptedException {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the agent doesn't close the stream");
            }
        }

        public void close() {
            socket.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
