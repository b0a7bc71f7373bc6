package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that end the stream on which they arrive, and no other. */
class MalformedStreamTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "garbage", "{}", "[1]", "{\"type\":\"hello\"}", "{\"type\":\"hello\",\"protocol\":\"x\"}"})
    void garbageEndsOnlyItsStream(String frame) throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        bad.send(frame);

        assertThat(bad.receiveEnd().code()).isEqualTo("malformed");
        fixture.assertStillServed(good);
    }

    @Test
    void binaryFrameEndsOnlyItsStream() throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        bad.sendBinary(new byte[] {1, 2, 3});

        assertThat(bad.receiveEnd().code()).isEqualTo("not-text");
        fixture.assertStillServed(good);
    }

    /**
     * Each ping is answered, and the answers to a peer that doesn't read would fill the memory; pongs, and parts of a message that never ends,
     * occupy the event loop.
     */
    @ParameterizedTest
    @MethodSource
    void floodOfSmallFramesEndsOnlyItsStream(Consumer<StreamClient> frame) throws Exception {
        StreamClient good = fixture.open();
        good.sendPing();
        good.sendPong();
        StreamClient bad = fixture.connectHost2();

        try {
            for (int i = 0; i < 3600 && bad.isOpen(); i++) {
                frame.accept(bad);
            }
        } catch (RuntimeException e) {
            // the controller may close the connection while the client still writes
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }

        assertThat(bad.receiveEnd().code()).isEqualTo("host-limit");
        fixture.assertStillServed(good);
    }

    static List<Named<Consumer<StreamClient>>> floodOfSmallFramesEndsOnlyItsStream() {
        return List.of(
                named("ping", StreamClient::sendPing),
                named("pong", StreamClient::sendPong),
                named("empty part", agent -> agent.sendPart("")),
                named("short part", agent -> agent.sendPart("x".repeat(1000))));
    }

    /** As the agent's client does with a message of more than 16 KiB. */
    @Test
    void messageInLongPartsIsRead() throws Exception {
        StreamClient agent = fixture.open();

        for (int i = 0; i < FrameBudget.BURST + 10; i++) {
            agent.sendPart(" ".repeat(1024));
        }
        agent.send("{\"type\":\"policies\",\"version\":1}");

        fixture.assertStillServed(agent);
    }

    /** The stream has ended before it begins. */
    @Test
    void closeFrameTogetherWithTheRequestIsNoError() throws Exception {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        Vertx unused = fixture.vertx().exceptionHandler(failures::add);
        String request =
                "GET " + Protocol.PATH + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        // RFC 6455, section 5.5.1: code 1000, with a mask of zeros
        String close = "\u0088\u0082\0\0\0\0\u0003\u00e8";

        try (SSLSocket socket = fixture.handshaken()) {
            socket.setSoTimeout(TimeLimit.millis(10_000));
            socket.getOutputStream().write((request + close).getBytes(ISO_8859_1));

            // no message follows the answer, if it was sent before the connection ended
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .doesNotContain("{");
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void tooLongMessageEndsOnlyItsStream() throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        try {
            bad.send(" ".repeat(Protocol.MAX_FRAME + 1));
        } catch (RuntimeException e) {
            // the controller may close the connection while the client still writes
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }

        bad.closed();
        fixture.assertStillServed(good);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"greeting\"}", "{\"type\":\"ask\",\"containerId\":\"a\",\"name\":\"b\"}"})
    void messageBeforeHelloEndsTheStream(String frame) throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(frame);

        assertThat(agent.receiveEnd().code()).isEqualTo("hello-expected");
    }

    @Test
    void secondHelloEndsTheStream() throws Exception {
        StreamClient agent = fixture.open();

        agent.send(hello(S1));

        assertThat(agent.receiveEnd().code()).isEqualTo("hello-twice");
    }

    @Test
    void streamWithoutHelloEndsAfterTheTimeout() throws Exception {
        try (ChannelFixture hasty = new ChannelFixture(TimeLimit.of(Duration.ofMillis(600)), 100)) {
            assertThat(hasty.connect().receiveEnd().code()).isEqualTo("hello-timeout");
        }
    }
}
