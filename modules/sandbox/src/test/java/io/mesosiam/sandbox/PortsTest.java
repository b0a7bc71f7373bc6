package io.mesosiam.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void portInUseIsReplacedByAPortBelowTheKernelsRange() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.preferably(taken.getLocalPort())).isBetween(10_000, 19_999);
        }
    }

    @Test
    void wantedPortIsChosenIfItIsFree() throws Exception {
        int free = Ports.free();

        assertThat(Ports.preferably(free)).isEqualTo(free);
    }
}
