package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.handshake.Handshakes;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that finish their handshake and send no request. */
class IdleConnectionsTest {
    private static final Handshakes.Limits SMALL = new Handshakes.Limits(4, 2, 8);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private ChannelFixture fixture(Duration helloTimeout) {
        return kept(new ChannelFixture(helloTimeout, SMALL));
    }

    private <T extends AutoCloseable> T kept(T opened) {
        open.add(opened);
        return opened;
    }

    @Test
    void connectionWithoutARequestIsClosedInTime() throws Exception {
        ChannelFixture fixture = fixture(TimeLimit.of(Duration.ofMillis(500)));
        SSLSocket idle = kept(fixture.handshaken());

        idle.setSoTimeout(TimeLimit.millis(20_000));
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void connectionsOfOneCertificateWithoutARequestAreLimited() throws Exception {
        ChannelFixture fixture = fixture(TimeLimit.seconds(60));
        for (int i = 0; i < 2 * CertificateStreams.LIMIT; i++) {
            kept(fixture.handshaken());
        }
        until(() -> fixture.channel.connections().size() == 2 * CertificateStreams.LIMIT);

        SSLSocket further = kept(fixture.handshaken());
        further.setSoTimeout(TimeLimit.millis(20_000));
        assertThat(further.getInputStream().read()).isEqualTo(-1);
        assertServed(fixture);
    }

    private static void assertServed(ChannelFixture fixture) throws InterruptedException {
        StreamClient host = fixture.connectHost2();
        host.send(hello(S2));
        host.receive(Sync.class);
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
