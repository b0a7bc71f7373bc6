package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
    void loopbackAddressIsListenable(String host) {
        assertThatNoException().isThrownBy(() -> Loopback.requireLoopback(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3", "master1.example"})
    void otherAddressIsNotListenable(String host) {
        assertThatThrownBy(() -> Loopback.requireLoopback(host)).hasMessageContaining("quarkus.http.host");
    }
}
