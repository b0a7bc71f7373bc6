package io.mesosiam.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerClocksTest {
    private static final Instant TRUE_TIME = Instant.parse("2026-01-01T12:00:00Z");

    private Instant own = TRUE_TIME;
    private long nanos;
    private final PeerClocks clocks = new PeerClocks(() -> own, () -> nanos);

    @ParameterizedTest(name = "own {0}, postgres {1}, master {2}, sts {3}: judged by {4}")
    @CsvSource({
        // Minutes from the true time; empty if the peer's time is not known.
        "120,   ,   ,   , 120",
        "120,  0,   ,   ,   0",
        "120,  0,  0,   ,   0",
        "120,  0,  0,  0,   0",
        "-120, 0,   ,   , -120",
        "-120, 0,  0,   ,   0",
        "-120, 0,  0,  0,   0",
        "0,  120,   ,   ,   0",
        "0,  120,  0,   ,   0",
        "0, -120,  0,   ,   0",
        "0, -120,  0,  0,   0",
        "0,    ,-120,  0,   0",
        "1,    0,  0,  0,   1",
        "2,    0,  0,  0,   0",
        "-1,   0,  0,  0,  -1"
    })
    void oneWrongClockIsOutvoted(long mine, Long postgres, Long master, Long sts, long judged) {
        own = at(mine);
        observe(Peer.POSTGRES, postgres);
        observe(Peer.MASTER, master);
        observe(Peer.STS, sts);

        assertThat(clocks.instant()).isEqualTo(at(judged));
        assertThat(clocks.correction()).isEqualTo(Duration.ofMinutes(mine - judged));
    }

    @Test
    void stepOfTheOwnClockIsDetectedBeforeTheNextObservation() {
        observe(Peer.POSTGRES, 0L);
        observe(Peer.MASTER, 0L);
        nanos += Duration.ofMinutes(5).toNanos();
        own = at(125);

        assertThat(clocks.instant()).isEqualTo(at(5));

        own = at(5);
        assertThat(clocks.correction()).isZero();
        assertThat(clocks.ahead()).isEqualTo(Map.of(Peer.POSTGRES, Duration.ZERO, Peer.MASTER, Duration.ZERO));
    }

    @Test
    void oldObservationIsIgnored() {
        observe(Peer.POSTGRES, 0L);
        nanos += Duration.ofMinutes(61).toNanos();
        own = at(120);

        assertThat(clocks.ahead()).isEmpty();
        assertThat(clocks.instant()).isEqualTo(own);
    }

    @Test
    void dateHeaderIsRead() {
        clocks.observeDate(Peer.STS, "Thu, 01 Jan 2026 11:00:00 GMT");

        assertThat(clocks.ahead()).isEqualTo(Map.of(Peer.STS, Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "Thu, 32 Jan 2026 11:00:00 GMT", "2026-01-01T11:00:00Z"})
    void unreadableDateHeaderIsIgnored(String date) {
        clocks.observeDate(Peer.MASTER, date);

        assertThat(clocks.ahead()).isEmpty();
    }

    private void observe(Peer peer, Long minutes) {
        if (minutes != null) {
            clocks.observe(peer, at(minutes));
        }
    }

    private static Instant at(long minutes) {
        return TRUE_TIME.plus(Duration.ofMinutes(minutes));
    }
}
