package io.mesosiam.channel.handshake;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.ChannelFixture;
import io.mesosiam.channel.ChannelLog;
import io.mesosiam.channel.Deliveries;
import io.mesosiam.channel.StreamClient;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that open connections and do not finish their handshakes, over real TLS. */
class HandshakeBoundsTest {
    private static final String ATTACKER = "127.0.0.2";
    private static final Handshakes.Limits SMALL = new Handshakes.Limits(4, 2, 8);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private ChannelFixture fixture(Duration helloTimeout) {
        ChannelFixture fixture = new ChannelFixture(helloTimeout, SMALL);
        open.add(fixture);
        return fixture;
    }

    private ChannelFixture patient() {
        return fixture(TimeLimit.seconds(60));
    }

    private <T extends AutoCloseable> T kept(T opened) {
        open.add(opened);
        return opened;
    }

    @Test
    void silentConnectionsTakeNoSlotAndDoNotBlockAHost() throws Exception {
        ChannelFixture fixture = patient();

        assertTakesNoSlot(fixture, () -> StalledPeer.silent(ATTACKER, fixture.channel.port()));
    }

    @Test
    void incompleteClientHelloTakesNoSlot() throws Exception {
        ChannelFixture fixture = patient();

        assertTakesNoSlot(fixture, () -> StalledPeer.half(ATTACKER, fixture.channel.port(), fixture.ca()));
    }

    private void assertTakesNoSlot(ChannelFixture fixture, Callable<StalledPeer> peer) throws Exception {
        for (int i = 0; i < SMALL.open() - 1; i++) {
            kept(peer.call());
        }
        until(() -> slots(fixture).open() == SMALL.open() - 1);

        assertServed(fixture);
        assertThat(slots(fixture).running()).isZero();
    }

    @Test
    void stalledHandshakesTakeOnlySomeOfTheSlots() throws Exception {
        ChannelFixture fixture = patient();
        for (int i = 0; i < SMALL.open() - 1; i++) {
            kept(StalledPeer.afterHello(ATTACKER, fixture.channel.port(), fixture.ca()));
        }
        until(() -> slots(fixture).open() == SMALL.open() - 1);
        until(() -> slots(fixture).running() == SMALL.runningPerSource());

        assertServed(fixture);
        assertThat(slots(fixture).running()).isEqualTo(SMALL.runningPerSource());
    }

    @Test
    void sourceWithMostConnectionsLosesOneBeyondTheLimit() throws Exception {
        ChannelFixture fixture = patient();
        List<StalledPeer> silent = new ArrayList<>();
        for (int i = 0; i < SMALL.open(); i++) {
            silent.add(kept(StalledPeer.silent(ATTACKER, fixture.channel.port())));
        }
        until(() -> slots(fixture).open() == SMALL.open());

        assertServed(fixture);

        silent.getFirst().awaitClosed(TimeLimit.millis(20_000));
        assertThat(slots(fixture).open()).isEqualTo(SMALL.open() - 1);
        assertThat(failed(fixture, HandshakeFailure.TOO_MANY)).isEqualTo(1);
    }

    @Test
    void liveStreamsAreServedWhileAllSlotsAreTaken() throws Exception {
        ChannelFixture fixture = patient();
        StreamClient live = fixture.open();
        for (String attacker : List.of("127.0.0.2", "127.0.0.3")) {
            for (int i = 0; i < SMALL.runningPerSource(); i++) {
                kept(StalledPeer.afterHello(attacker, fixture.channel.port(), fixture.ca()));
            }
        }
        until(() -> slots(fixture).running() == SMALL.running());

        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(live.receive().toString()).contains("still here");
    }

    @Test
    void hostBehindTheSameAddressWaitsUntilStalledHandshakesTimeOut() throws Exception {
        ChannelFixture fixture = fixture(TimeLimit.seconds(1));
        List<StalledPeer> stalled = new ArrayList<>();
        for (int i = 0; i < SMALL.runningPerSource(); i++) {
            stalled.add(kept(StalledPeer.afterHello("127.0.0.1", fixture.channel.port(), fixture.ca())));
        }
        until(() -> slots(fixture).running() == SMALL.runningPerSource());

        for (StalledPeer each : stalled) {
            each.awaitClosed(TimeLimit.millis(20_000));
        }
        assertServed(fixture);
        until(() -> failed(fixture, HandshakeFailure.UNFINISHED) == SMALL.runningPerSource());
    }

    @Test
    void silentConnectionIsClosedInTime() throws Exception {
        ChannelFixture fixture = fixture(TimeLimit.of(Duration.ofMillis(100)));

        kept(StalledPeer.silent(ATTACKER, fixture.channel.port())).awaitClosed(TimeLimit.millis(20_000));

        until(() -> failed(fixture, HandshakeFailure.SILENT) == 1);
        until(() -> slots(fixture).open() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /agent/v1 HTTP/1.1\r\nHost: controller\r\n\r\n", "G", "\0"})
    void otherProtocolThanTlsIsClosedAtOnce(String text) throws Exception {
        try (ChannelLog log = new ChannelLog()) {
            ChannelFixture fixture = patient();

            kept(StalledPeer.plain(ATTACKER, fixture.channel.port(), text)).awaitClosed(TimeLimit.millis(20_000));

            until(() -> failed(fixture, HandshakeFailure.NOT_TLS) == 1);
            until(() -> slots(fixture).open() == 0);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("agent handshake failed reason=not-tls address=" + ATTACKER))
                    .hasSize(1);
        }
    }

    @Test
    void connectionWithoutASlotIsClosedBeforeTheTimeLimit() throws Exception {
        ChannelFixture fixture = fixture(TimeLimit.of(Duration.ofMillis(500)));
        for (int i = 0; i < SMALL.runningPerSource() + 1; i++) {
            kept(StalledPeer.afterHello(ATTACKER, fixture.channel.port(), fixture.ca()));
        }

        until(() -> failed(fixture, HandshakeFailure.WAITED) == 1);
        until(() -> failed(fixture, HandshakeFailure.UNFINISHED) == SMALL.runningPerSource());
        until(() -> slots(fixture).open() == 0);
    }

    @Test
    void finishedHandshakeReleasesItsSlot() throws Exception {
        ChannelFixture fixture = patient();

        for (int i = 0; i < 2 * SMALL.running(); i++) {
            fixture.connectHost2().close();
        }

        until(() -> slots(fixture).open() == 0);
        assertThat(slots(fixture).running()).isZero();
    }

    @Test
    void failedHandshakeReleasesItsSlotAndIsCounted() {
        ChannelFixture fixture = patient();

        for (int i = 0; i < 2 * SMALL.running(); i++) {
            assertThatThrownBy(() -> kept(fixture.handshaken(fixture.stranger()))
                            .getInputStream()
                            .read())
                    .isInstanceOf(IOException.class);
        }

        until(() -> failed(fixture, HandshakeFailure.TLS) == 2 * SMALL.running());
        until(() -> slots(fixture).open() == 0);
        assertThat(slots(fixture).running()).isZero();
    }

    @Test
    void keysAreNotComputedOnEventLoopsOfLiveStreams() throws Exception {
        ChannelFixture fixture = patient();
        StreamClient live = fixture.open();
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            fixture.handshakes().tasks().execute(() -> await(release));
        }

        CompletableFuture<StreamClient> connecting = CompletableFuture.supplyAsync(fixture::connectHost2);
        until(() -> slots(fixture).running() == 1);
        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("not delayed")))
                .isTrue();
        assertThat(live.receive().toString()).contains("not delayed");
        assertThat(connecting).isNotDone();

        release.countDown();
        connecting.get(TimeLimit.seconds(20).toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void assertServed(ChannelFixture fixture) throws InterruptedException {
        StreamClient host = fixture.connectHost2();
        host.send(hello(S2));
        host.receive(Sync.class);
    }

    private static HandshakeSlots<?> slots(ChannelFixture fixture) {
        return fixture.handshakes().slots();
    }

    private static double failed(ChannelFixture fixture, HandshakeFailure reason) {
        return fixture.meters
                .counter("mesosiam.channel.handshakes.failed", "reason", reason.label())
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
