package io.mesosiam.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private final Places places = new Places(2, 3);

    @Test
    void sourceAndAllHaveALimit() {
        assertThat(places.take(source("192.0.2.1"))).isTrue();
        assertThat(places.take(source("192.0.2.1"))).isTrue();
        assertThat(places.take(source("192.0.2.1"))).isFalse();
        assertThat(places.take(source("192.0.2.2"))).isTrue();
        assertThat(places.take(source("192.0.2.3"))).isFalse();

        places.leave(source("192.0.2.1"));

        assertThat(places.take(source("192.0.2.3"))).isTrue();
        assertThat(places.taken()).isEqualTo(3);
    }

    @Test
    void addressesOfOneIpv6NetworkShareTheirPlaces() {
        assertThat(places.take(source("2001:db8::1"))).isTrue();
        assertThat(places.take(source("2001:db8::2"))).isTrue();
        assertThat(places.take(source("2001:db8::3"))).isFalse();
    }

    private static ConnectionSource source(String address) {
        return ConnectionSource.of(new InetSocketAddress(address, 443));
    }
}
