package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private volatile Instant now = NOW;

    @Test
    void linesBeyondTheBudgetAreOmittedAndCountedInTheNextPeriod() {
        LineBudget budget = new LineBudget(2, Duration.ofMinutes(1));

        assertThat(budget.take(NOW)).isEqualTo(OptionalLong.of(0));
        assertThat(budget.take(NOW.plusSeconds(30))).isEqualTo(OptionalLong.of(0));
        for (int second = 31; second < 60; second++) {
            assertThat(budget.take(NOW.plusSeconds(second))).isEmpty();
        }
        assertThat(budget.take(NOW.plusSeconds(60))).isEqualTo(OptionalLong.of(29));
        assertThat(budget.take(NOW.plusSeconds(61))).isEqualTo(OptionalLong.of(0));
        assertThat(budget.take(NOW.plusSeconds(62))).isEmpty();
    }

    @Test
    void clockThatIsSetBackBeginsANewPeriod() {
        LineBudget budget = new LineBudget(1, Duration.ofMinutes(1));
        budget.take(NOW);

        assertThat(budget.take(NOW.minusSeconds(3600))).isPresent();
    }

    @Test
    void refusedCertificatesOfManyAddressesLogFewLines() throws UnknownHostException {
        try (ChannelLog log = new ChannelLog();
                Handshakes handshakes = new Handshakes(Handshakes.LIMITS, () -> now, new SimpleMeterRegistry())) {
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
