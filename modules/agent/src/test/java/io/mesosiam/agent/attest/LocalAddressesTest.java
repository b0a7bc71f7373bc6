package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
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
        assertThat(LocalAddresses.ofFibTrie(FIB_TRIE))
                .containsExactlyInAnyOrder(
                        InetAddress.ofLiteral("198.51.100.3"), InetAddress.ofLiteral("198.51.100.7"));
    }

    @Test
    void loopbackAndLinkLocalIpv6AreLeftOut() {
        assertThat(LocalAddresses.ofIfInet6(IF_INET6)).containsExactly(InetAddress.ofLiteral("fd00::2"));
    }

    @Test
    void malformedTablesHaveNoAddresses() {
        assertThat(LocalAddresses.ofFibTrie("|-- \n/32 host LOCAL\n|-- name.example\n/32 host LOCAL"))
                .isEmpty();
        assertThat(LocalAddresses.ofIfInet6("short\nzz000000000000000000000000000001 01 80 10 80 lo\n"))
                .isEmpty();
    }
}
