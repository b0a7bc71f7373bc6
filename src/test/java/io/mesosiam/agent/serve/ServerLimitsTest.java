package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerLimitsTest {
    @ParameterizedTest
    @CsvSource({"0, 32", "12, 32", "14, 32", "16, 64", "31, 304", "48, 576", "64, 832", "76, 1024", "8192, 1024"})
    void connectionsFollowFromTheHeap(long mebibytes, int connections) {
        assertThat(ServerLimits.connections(mebibytes << 20)).isEqualTo(connections);
    }
}
