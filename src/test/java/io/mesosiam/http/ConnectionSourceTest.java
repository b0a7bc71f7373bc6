package io.mesosiam.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionSourceTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:0:1::1, 2001:db8:0:1:0:0:0:0/64",
        "2001:db8:0:1:ffff::2, 2001:db8:0:1:0:0:0:0/64",
        "2001:db8:0:2::1, 2001:db8:0:2:0:0:0:0/64",
        "::ffff:192.0.2.1, 192.0.2.1"
    })
    void sourceIsAnIpv4AddressOrAnIpv6NetworkOf64Bits(String address, String source) {
        assertThat(ConnectionSource.of(new InetSocketAddress(address, 443))).hasToString(source);
    }

    @Test
    void portsOfOneAddressAreOneSource() {
        assertThat(ConnectionSource.of(new InetSocketAddress("192.0.2.1", 1)))
                .isEqualTo(ConnectionSource.of(new InetSocketAddress("192.0.2.1", 2)));
    }

    @Test
    void unknownAddressesAreOneSource() {
        assertThat(ConnectionSource.of(InetSocketAddress.createUnresolved("host", 1)))
                .isEqualTo(ConnectionSource.of(InetSocketAddress.createUnresolved("other", 2)));
    }
}
