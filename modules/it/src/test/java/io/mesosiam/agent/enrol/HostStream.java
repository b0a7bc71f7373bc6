package io.mesosiam.agent.enrol;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.channel.wire.Protocol;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A host's stream that sends what a benchmark wants. */
final class HostStream implements WebSocket.Listener, AutoCloseable {
    private final String name;
    private final BlockingQueue<ControllerMessage> received = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final HttpClient client;
    private final WebSocket socket;

    HostStream(String name, URI controller, SSLContext tls) {
        this.name = name;
        this.client = HttpClient.newBuilder().sslContext(tls).build();
        this.socket = client.newWebSocketBuilder()
                .buildAsync(controller.resolve(Protocol.PATH), this)
                .join();
    }

    String name() {
        return name;
    }

    void send(AgentMessage message) {
        socket.sendText(new String(AgentMessageCodec.encode(message), StandardCharsets.UTF_8), true)
                .join();
    }

    /** The answer to what was sent last; null if there is none within the limit. */
    @Nullable
    ControllerMessage answer(Duration limit) throws InterruptedException {
        return received.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket opened, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            byte[] frame = partial.toString().getBytes(StandardCharsets.UTF_8);
            partial.setLength(0);
            try {
                if (ControllerMessageCodec.decode(frame)
                                instanceof Decoded.Known<ControllerMessage>(ControllerMessage message)
                        // which a controller sends by itself
                        && !(message instanceof ControllerMessage.Policies)) {
                    received.add(message);
                }
            } catch (MalformedFrameException e) {
                throw new IllegalStateException(e);
            }
        }
        opened.request(1);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }
}
