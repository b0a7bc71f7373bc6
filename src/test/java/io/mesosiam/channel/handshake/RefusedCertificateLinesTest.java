package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.ChannelLog;
import io.mesosiam.http.ConnectionSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusedCertificateLinesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private volatile Instant now = NOW;

    @Test
    void refusedCertificatesOfManyAddressesLogFewLines() throws UnknownHostException {
        try (ChannelLog log = new ChannelLog();
                Handshakes handshakes =
                        new Handshakes("channel", Handshakes.LIMITS, () -> now, new SimpleMeterRegistry())) {
            for (int i = 0; i < 1000; i++) {
                handshakes.refused(CertificateRefusal.EXPIRED, source(i));
            }
            assertThat(log.lines()).hasSize(Handshakes.MOST_REFUSALS);

            now = NOW.plusSeconds(60);
            handshakes.refused(CertificateRefusal.EXPIRED, source(1000));

            assertThat(log.lines().getLast()).contains("agent certificate refused", "leftOut=940");
        }
    }

    private static ConnectionSource source(int i) throws UnknownHostException {
        return new ConnectionSource(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
    }
}
