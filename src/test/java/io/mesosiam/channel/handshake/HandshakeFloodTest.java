package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.ChannelFixture;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Handshakes of other hosts while some addresses hold all slots with stalled handshakes, over real TLS with the default
 * limits. If stalled handshakes were not ended, they would hold the slots for {@link #HANDSHAKE}.
 */
class HandshakeFloodTest {
    private static final int OTHERS = 32;
    private static final String HOSTS = "127.0.0.1";
    private static final Duration HANDSHAKE = TimeLimit.seconds(60);

    /** Less than half of {@link #HANDSHAKE}, for which a connection may wait for a slot. */
    private static final Duration ANSWER = TimeLimit.seconds(20);

    @ParameterizedTest
    @CsvSource({
        "4, 1000, SILENT",
        "4, 1000, DRIPS",
        "64, 60, SILENT",
        "64, 60, DRIPS",
        "8, 40, CLOSES",
        "64, 60, CLOSES",
    })
    void stalledHandshakesDoNotKeepOtherHostsOut(int sources, int connections, HandshakeFlood.Kind kind)
            throws Exception {
        try (ChannelFixture fixture = new ChannelFixture(HANDSHAKE, Handshakes.LIMITS);
                HandshakeFlood flood = new HandshakeFlood(
                        sources, connections, fixture.channel.port(), StalledPeer.clientHello(fixture.ca()), kind)) {
            until(() -> fixture.handshakes().slots().running() == Handshakes.LIMITS.running());

            assertThat(unanswered(fixture)).isZero();
            assertThat(flood.connected()).isGreaterThanOrEqualTo(sources * connections);
        }
    }

    /** Two peers behind the address of the hosts stall: the other hosts behind it still get a share of the slots. */
    @ParameterizedTest
    @CsvSource({"8, 40, SILENT", "8, 40, DRIPS", "8, 40, CLOSES"})
    void addressThatStalledIsNotKeptOut(int sources, int connections, HandshakeFlood.Kind kind) throws Exception {
        try (ChannelFixture fixture = new ChannelFixture(HANDSHAKE, Handshakes.LIMITS);
                StalledPeer silent = StalledPeer.silent(HOSTS, fixture.channel.port());
                StalledPeer one = StalledPeer.afterHello(HOSTS, fixture.channel.port(), fixture.ca());
                StalledPeer two = StalledPeer.afterHello(HOSTS, fixture.channel.port(), fixture.ca());
                HandshakeFlood flood = new HandshakeFlood(
                        sources, connections, fixture.channel.port(), StalledPeer.clientHello(fixture.ca()), kind)) {
            int limit = Math.toIntExact(ANSWER.toMillis());
            one.awaitClosed(limit);
            two.awaitClosed(limit);
            // An address is remembered while it has a connection.
            assertThat(silent.isOpen()).isTrue();

            assertThat(unanswered(fixture)).isZero();
            assertThat(flood.connected()).isGreaterThanOrEqualTo(sources * connections);
        }
    }

    private static int unanswered(ChannelFixture fixture) throws Exception {
        long end = System.nanoTime() + ANSWER.toNanos();
        List<Future<Boolean>> answered = new ArrayList<>();
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < OTHERS; i++) {
                // one certificate may have 16 connections
                TestCa.Identity identity = i % 2 == 0 ? fixture.host1() : fixture.host2();
                answered.add(all.submit(() -> isAnswered(fixture, identity, end)));
            }
        }
        int unanswered = 0;
        for (Future<Boolean> each : answered) {
            unanswered += each.get() ? 0 : 1;
        }
        return unanswered;
    }

    /** Retries as an agent does: on a loaded machine its own handshake can be slow enough to count as stalled. */
    private static boolean isAnswered(ChannelFixture fixture, TestCa.Identity identity, long end) {
        while (System.nanoTime() - end < 0) {
            if (isAnswered(fixture, identity)) {
                return System.nanoTime() - end < 0;
            }
        }
        return false;
    }

    /** Any answer shows that the controller has finished the handshake. */
    private static boolean isAnswered(ChannelFixture fixture, TestCa.Identity identity) {
        try (SSLSocket socket = fixture.handshaken(identity)) {
            socket.setSoTimeout(Math.toIntExact(ANSWER.toMillis()));
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII).equals("HTTP/1.1");
        } catch (IOException e) {
            return false;
        }
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
