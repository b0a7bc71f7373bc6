package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AwaitedHostsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private final AwaitedHosts awaited = new AwaitedHosts();

    @Test
    void hostIsAwaitedUntilItConnects() {
        awaited.add("192.0.2.1", NOW);
        awaited.add("2001:db8::1", NOW);
        assertThat(isAwaited("192.0.2.1", NOW)).isTrue();
        assertThat(isAwaited("2001:db8:0:0::1", NOW)).isTrue();
        assertThat(isAwaited("192.0.2.2", NOW)).isFalse();

        awaited.remove("192.0.2.1");

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
        assertThat(isAwaited("2001:db8::1", NOW)).isTrue();
    }

    @Test
    void hostWhoseAgentDoesNotConnectIsForgotten() {
        awaited.add("192.0.2.1", NOW);

        assertThat(isAwaited("192.0.2.1", NOW.plus(AwaitedHosts.REMEMBERED).minusMillis(1)))
                .isTrue();
        assertThat(isAwaited("192.0.2.1", NOW.plus(AwaitedHosts.REMEMBERED))).isFalse();
    }

    @Test
    void theHostThatIsAwaitedForLongestIsForgottenIfThereAreTooMany() {
        awaited.add("192.0.2.1", NOW);

        IntStream.range(0, AwaitedHosts.MOST).forEach(i -> awaited.add("10.0." + i / 256 + "." + i % 256, NOW));

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
        assertThat(isAwaited("10.0.0.0", NOW)).isTrue();
    }

    @Test
    void addressThatIsNoLiteralIsIgnored() {
        awaited.add("host-1.example", NOW);
        awaited.remove("host-1.example");

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
    }

    private boolean isAwaited(String address, Instant at) {
        return awaited.contains(InetAddress.ofLiteral(address), at);
    }
}
