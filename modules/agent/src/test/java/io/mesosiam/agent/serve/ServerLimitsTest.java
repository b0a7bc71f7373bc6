package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerLimitsTest {
    @ParameterizedTest
    @CsvSource({"0, 32", "12, 32", "14, 32", "16, 64", "31, 304", "48, 576", "64, 832", "76, 1024", "8192, 1024"})
    void connectionsDependOnTheHeap(long mebibytes, int connections) {
        assertThat(ServerLimits.connections(mebibytes << 20)).isEqualTo(connections);
    }

    @Test
    void heapThatAFloodWouldExhaustIsRefused() {
        assertThat(ServerLimits.problems(13L << 20)).singleElement().satisfies(line -> assertThat(line)
                .startsWith("-Xmx: the heap has 13 MiB")
                .endsWith("."));
    }

    @ParameterizedTest
    @ValueSource(longs = {14, 31, 8192})
    void sufficientHeapIsNoProblem(long mebibytes) {
        assertThat(ServerLimits.problems(mebibytes << 20)).isEmpty();
    }
}
