package io.mesosiam.agent.enrol;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An agent with a certificate of a controller, which sends what a test wants. */
public final class HostileAgent implements AutoCloseable, WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final HttpClient http;
    private final WebSocket socket;

    /**
     * Connects to a controller's port for agents.
     *
     * @param roots PEM file with the controllers' root
     */
    public HostileAgent(URI controller, Path roots, TestCa.Identity identity) {
        this.http = HttpClient.newBuilder()
                .sslContext(TestTls.context(roots, Optional.of(identity)))
                .build();
        this.socket = http.newWebSocketBuilder()
                .buildAsync(controller.resolve(Protocol.PATH), this)
                .join();
    }

    /** A new key for a host, and its request for a certificate. */
    public record Request(KeyPair key, String csr) {
        public static Request of(String host) throws IOException {
            KeyPair key = SigningRequest.newKey();
            return new Request(key, SigningRequest.pem(HostName.of(host), key));
        }

        /** Writes the files of the host, once it has the certificate. */
        public TestCa.Identity identity(Path directory, String name, String certificate) throws IOException {
            return new TestCa.Identity(
                    Files.writeString(directory.resolve(name + ".pem"), certificate),
                    Files.writeString(
                            directory.resolve(name + ".key"),
                            Pem.text("PRIVATE KEY", key.getPrivate().getEncoded())));
        }
    }

    /** Says that it is the agent of this Mesos agent, which runs these containers. */
    public void hello(String mesosAgent, String... containers) {
        send(new Hello(
                Protocol.VERSION,
                "hostile",
                "hostile",
                mesosAgent,
                List.of(),
                List.of(containers).stream()
                        .map(id -> new RunningContainer(id, 1))
                        .toList()));
    }

    public void send(AgentMessage message) {
        var _ = socket.sendText(new String(AgentMessageCodec.encode(message), StandardCharsets.UTF_8), true)
                .join();
    }

    /** The next message with this text; fails if one arrives before that has a text that it must not have. */
    public String awaitMessage(String text, String... never) throws InterruptedException {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (true) {
            String next = received.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("no message with " + text);
            }
            for (String no : never) {
                if (next.contains(no)) {
                    throw new AssertionError("has " + no + ": " + next);
                }
            }
            if (next.contains(text)) {
                return next;
            }
        }
    }

    /** Whether a message with this text has arrived, which {@link #awaitMessage} has not returned or passed. */
    public boolean hasReceived(String text) {
        return received.stream().anyMatch(message -> message.contains(text));
    }

    @Override
    public CompletionStage<?> onText(WebSocket source, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            received.add(partial.toString());
            partial.setLength(0);
        }
        source.request(1);
        return null;
    }

    /** Frames of key material are binary. */
    @Override
    public CompletionStage<?> onBinary(WebSocket source, ByteBuffer data, boolean last) {
        return onText(source, StandardCharsets.UTF_8.decode(data), last);
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
