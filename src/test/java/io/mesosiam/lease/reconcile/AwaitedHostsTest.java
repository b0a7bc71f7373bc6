package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import java.net.InetAddress;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AwaitedHostsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private static final MesosAgentId S1 = new MesosAgentId("S1");

    private final AwaitedHosts awaited = new AwaitedHosts();

    @Test
    void hostIsAwaitedUntilItConnects() {
        awaited.add(S1, "192.0.2.1", NOW);
        awaited.add(new MesosAgentId("S2"), "2001:db8::1", NOW);
        assertThat(isAwaited("192.0.2.1", NOW)).isTrue();
        assertThat(isAwaited("2001:db8:0:0::1", NOW)).isTrue();
        assertThat(isAwaited("192.0.2.2", NOW)).isFalse();

        awaited.remove(S1);

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
        assertThat(isAwaited("2001:db8::1", NOW)).isTrue();
    }

    @Test
    void hostWhoseAgentDoesNotConnectIsForgotten() {
        awaited.add(S1, "192.0.2.1", NOW);

        assertThat(isAwaited("192.0.2.1", NOW.plus(AwaitedHosts.REMEMBERED).minusMillis(1)))
                .isTrue();
        assertThat(isAwaited("192.0.2.1", NOW.plus(AwaitedHosts.REMEMBERED))).isFalse();
    }

    @Test
    void theHostThatIsAwaitedForLongestIsForgottenIfThereAreTooMany() {
        awaited.add(S1, "192.0.2.1", NOW);

        IntStream.range(0, AwaitedHosts.MOST)
                .forEach(i -> awaited.add(new MesosAgentId("T" + i), "10.0." + i / 256 + "." + i % 256, NOW));

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
        assertThat(isAwaited("10.0.0.0", NOW)).isTrue();
    }

    @Test
    void addressThatIsNoLiteralIsIgnored() {
        awaited.add(S1, "host-1.example", NOW);

        assertThat(isAwaited("192.0.2.1", NOW)).isFalse();
    }

    private boolean isAwaited(String address, Instant at) {
        return awaited.contains(InetAddress.ofLiteral(address), at);
    }
}
