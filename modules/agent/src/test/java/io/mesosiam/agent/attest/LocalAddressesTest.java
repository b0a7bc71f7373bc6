package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {
    /** As the kernel writes it; its tables list every address twice. */
    private static final String FIB_TRIE = """
            Main:
              +-- 0.0.0.0/0 3 0 5
                 |-- 0.0.0.0
                    /0 universe UNICAST
                 +-- 127.0.0.0/8 2 0 2
                    +-- 127.0.0.0/31 1 0 0
                       |-- 127.0.0.0
                          /8 host LOCAL
                       |-- 127.0.0.1
                          /32 host LOCAL
                    |-- 127.255.255.255
                       /32 link BROADCAST
                 +-- 198.51.100.0/24 2 0 2
                    +-- 198.51.100.0/30 2 0 2
                       |-- 198.51.100.0
                          /24 link UNICAST
                       |-- 198.51.100.3
                          /32 host LOCAL
                    |-- 198.51.100.255
                       /32 link BROADCAST
            Local:
              +-- 198.51.100.0/24 2 0 2
                 |-- 198.51.100.3
                    /32 host LOCAL
                 |-- 198.51.100.7
                    /32 link UNICAST
                    /32 host LOCAL
            """;

    private static final String IF_INET6 = """
            00000000000000000000000000000001 01 80 10 80       lo
            fd000000000000000000000000000002 04 40 00 82     eth0
            fe8000000000000000fc00fffe000001 04 40 20 80     eth0
            """;

    @Test
    void ipv4AddressesAreTheLocalHostRoutes() {
        assertThat(LocalAddresses.ofFibTrie(FIB_TRIE.lines(), LocalAddresses.MOST))
                .containsExactlyInAnyOrder(
                        InetAddress.ofLiteral("198.51.100.3"), InetAddress.ofLiteral("198.51.100.7"));
    }

    @Test
    void loopbackAndLinkLocalIpv6AreLeftOut() {
        assertThat(LocalAddresses.ofIfInet6(IF_INET6.lines(), LocalAddresses.MOST))
                .containsExactly(InetAddress.ofLiteral("fd00::2"));
    }

    @Test
    void malformedTablesHaveNoAddresses() {
        assertThat(LocalAddresses.ofFibTrie(
                        "|-- \n/32 host LOCAL\n|-- name.example\n/32 host LOCAL".lines(), LocalAddresses.MOST))
                .isEmpty();
        assertThat(LocalAddresses.ofIfInet6(
                        "short\nzz000000000000000000000000000001 01 80 10 80 lo\n".lines(), LocalAddresses.MOST))
                .isEmpty();
    }

    @Test
    void noMoreIsReadThanIsKept() {
        AtomicInteger read = new AtomicInteger();
        Stream<String> routes = IntStream.range(0, 10_000)
                .peek(i -> read.incrementAndGet())
                .mapToObj(i -> i % 2 == 0 ? "|-- 10.0." + (i >> 9) + "." + (i >> 1 & 255) : "/32 host LOCAL");
        assertThat(LocalAddresses.ofFibTrie(routes, 1000)).hasSize(1000);
        assertThat(read).hasValue(2000);

        Stream<String> addresses = IntStream.range(0, 10_000)
                .peek(i -> read.incrementAndGet())
                .mapToObj(i -> String.format(Locale.ROOT, "fd%030x 01 80 10 80 eth0", i));
        assertThat(LocalAddresses.ofIfInet6(addresses, 1000)).hasSize(1000);
        assertThat(read).hasValue(3000);
    }
}
