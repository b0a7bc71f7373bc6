package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the stream on the JDK's WebSocket, which sends what a test wants. */
public final class StreamClient implements WebSocket.Listener, AutoCloseable {
    private static final long SECONDS = TimeLimit.seconds(10).toSeconds();

    private final BlockingQueue<ControllerMessage> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final HttpClient client;
    private final boolean reading;
    private final WebSocket socket;

    private StreamClient(HttpClient client, int port, boolean reading) {
        this.client = client;
        this.reading = reading;
        this.socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("wss://localhost:" + port + Protocol.PATH), this)
                .join();
    }

    static StreamClient connect(int port, Path ca, TestCa.Identity identity) {
        return new StreamClient(http(ca, Optional.of(identity)), port, true);
    }

    /** A client that never reads. */
    static StreamClient deaf(int port, Path ca, TestCa.Identity identity) {
        return new StreamClient(http(ca, Optional.of(identity)), port, false);
    }

    static HttpClient http(Path ca, Optional<TestCa.Identity> identity) {
        return HttpClient.newBuilder().sslContext(TestTls.context(ca, identity)).build();
    }

    static Certificate certificate(Path pem) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    public void send(AgentMessage message) {
        send(new String(AgentMessageCodec.encode(message), java.nio.charset.StandardCharsets.UTF_8));
    }

    void send(String frame) {
        socket.sendText(frame, true).join();
    }

    void sendPing() {
        socket.sendPing(ByteBuffer.allocate(0)).join();
    }

    void sendPong() {
        socket.sendPong(ByteBuffer.allocate(0)).join();
    }

    /** Sends a part of a message that never ends. */
    void sendPart(String part) {
        socket.sendText(part, false).join();
    }

    void sendBinary(byte[] frame) {
        socket.sendBinary(ByteBuffer.wrap(frame), true).join();
    }

    /** The next message; fails if none arrives in time. */
    public ControllerMessage receive() throws InterruptedException {
        ControllerMessage message = received.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message from the controller").isNotNull();
        return message;
    }

    public <M extends ControllerMessage> M receive(Class<M> type) throws InterruptedException {
        ControllerMessage message = receive();
        assertThat(message).isInstanceOf(type);
        return type.cast(message);
    }

    /** The next message that doesn't ask the agent to move; that can be asked several times. */
    public ControllerMessage receiveAfterMoves() throws InterruptedException {
        ControllerMessage message = receive();
        while (message instanceof ControllerMessage.Move) {
            message = receive();
        }
        return message;
    }

    /** Waits for the fault that ends this stream; before it, the agent can be asked to move. */
    public Fault receiveEnd() throws Exception {
        ControllerMessage end = receiveAfterMoves();
        assertThat(end).isInstanceOf(Fault.class);
        Fault fault = (Fault) end;
        assertThat(closed()).isEqualTo(fault.code());
        return fault;
    }

    /** Waits until the controller has taken all leases from this host, and for the fault that ends this stream. */
    public Fault receiveEviction() throws Exception {
        assertThat(receive(ControllerMessage.Sync.class).entries()).isEmpty();
        Fault fault = receiveEnd();
        assertThat(fault.code()).isEqualTo("evicted");
        return fault;
    }

    /** Waits for the end and returns its reason. */
    String closed() throws Exception {
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    boolean isOpen() {
        return !closed.isDone();
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reading) {
            opened.request(1);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            char[] text = partial.toString().toCharArray();
            partial.setLength(0);
            try {
                switch (ControllerMessageCodec.decode(text, text.length)) {
                    case Decoded.Known<ControllerMessage>(ControllerMessage message) -> received.add(message);
                    case Decoded.Unknown<ControllerMessage>(String type) ->
                        throw new IllegalStateException("unknown message " + type);
                }
            } catch (MalformedFrameException e) {
                throw new IllegalStateException(e);
            }
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(reason);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete("error: " + error);
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }
}
