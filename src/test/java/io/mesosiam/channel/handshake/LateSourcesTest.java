package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.http.ConnectionSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LateSourcesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ConnectionSource A = source(1);
    private static final ConnectionSource B = source(2);

    private final LateSources late = new LateSources();

    private static ConnectionSource source(int number) {
        try {
            return new ConnectionSource(InetAddress.getByAddress(
                    new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number}));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sourceIsRememberedForAMinute() {
        late.add(A, NOW);

        assertThat(late.contains(A, NOW.plusSeconds(59))).isTrue();
        assertThat(late.contains(A, NOW.plusSeconds(60))).isFalse();
        assertThat(late.contains(B, NOW)).isFalse();
    }

    @Test
    void minuteBeginsAgainWhenTheSourceIsLateAgain() {
        late.add(A, NOW);
        late.add(A, NOW.plusSeconds(50));

        assertThat(late.contains(A, NOW.plusSeconds(100))).isTrue();
        assertThat(late.size()).isEqualTo(1);
    }

    @Test
    void removedSourceIsNotLate() {
        late.add(A, NOW);
        late.remove(A);

        assertThat(late.contains(A, NOW)).isFalse();
    }

    @Test
    void forgottenSourcesAreRemoved() {
        late.add(A, NOW);
        late.add(B, NOW.plusSeconds(61));

        assertThat(late.size()).isEqualTo(1);
    }

    @Test
    void sourceThatWasLateLongestAgoIsForgottenBeyondTheLimit() {
        late.add(A, NOW);
        late.add(B, NOW);
        late.add(A, NOW);
        for (int i = 0; i < LateSources.MAX_SOURCES - 1; i++) {
            late.add(source(1000 + i), NOW);
        }

        assertThat(late.size()).isEqualTo(LateSources.MAX_SOURCES);
        assertThat(late.contains(A, NOW)).isTrue();
        assertThat(late.contains(B, NOW)).isFalse();
    }

    @Test
    void clockThatIsSetBackForgetsTheSource() {
        late.add(A, NOW);

        assertThat(late.contains(A, NOW.minus(Duration.ofHours(1)))).isFalse();
        late.add(B, NOW.minus(Duration.ofHours(1)));
        assertThat(late.size()).isEqualTo(1);
    }
}
