package io.mesosiam.fakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestPort.Range;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestPortTest {
    @ParameterizedTest(name = "the kernel''s ports {0} to {1} leave {2} to {3}")
    @CsvSource({
        "32768, 60999, 20000, 32767",
        "20001, 30000, 30001, 65535",
        "1024, 60999, 61000, 65535",
        "10000, 15000, 20000, 65535",
        "20000, 65535, 20000, 65535",
        "1024, 65535, 20000, 65535"
    })
    void portsAreChosenOutsideTheKernelsRange(int first, int last, int leastLeft, int lastLeft) {
        assertThat(new Range(first, last).rest()).isEqualTo(new Range(leastLeft, lastLeft));
    }

    @Test
    void eachPortIsClaimedOnceAndNotTheKernelsToGive() {
        Range kernels = TestPort.ephemeral();

        List<Integer> ports =
                IntStream.range(0, 50).mapToObj(_ -> TestPort.claim()).toList();

        assertThat(ports).doesNotHaveDuplicates().noneMatch(port -> port >= kernels.first() && port <= kernels.last());
    }

    @Test
    void claimedPortIsNotClaimedAgain() {
        int port = TestPort.claim();

        assertThatThrownBy(() -> TestPort.claim(new Range(port, port))).hasMessageContaining("is free");
    }

    @Test
    void portWithAListenerIsNotClaimed() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listener.getLocalPort();

            assertThatThrownBy(() -> TestPort.claim(new Range(port, port))).hasMessageContaining("is free");
        }
    }
}
