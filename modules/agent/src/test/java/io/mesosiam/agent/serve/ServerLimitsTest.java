package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerLimitsTest {
    @ParameterizedTest
    @CsvSource({"0, 32", "12, 32", "14, 32", "16, 64", "31, 304", "48, 576", "64, 832", "76, 1024", "8192, 1024"})
    void connectionsDependOnTheHeap(long mebibytes, int connections) {
        assertThat(ServerLimits.connections(mebibytes << 20)).isEqualTo(connections);
    }

    @ParameterizedTest
    @CsvSource({
        "13, , -Xmx: the heap has 13 MiB",
        "31, 16385, -Dsun.net.httpserver.maxReqHeaderSize=16385: must be 1 to 16384",
        "31, 0, -Dsun.net.httpserver.maxReqHeaderSize=0: must be",
        "31, -1, -Dsun.net.httpserver.maxReqHeaderSize=-1: must be",
        "31, 99999999999, -Dsun.net.httpserver.maxReqHeaderSize=99999999999: must be"
    })
    void heapOrHeaderSizeThatAFloodWouldExhaustIsRefused(long mebibytes, @Nullable String headers, String problem) {
        assertThat(ServerLimits.problems(mebibytes << 20, Optional.ofNullable(headers)))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith(problem).endsWith("."));
    }

    @ParameterizedTest
    @CsvSource({"14, ", "31, 16384", "8192, 1"})
    void sufficientHeapAndHeaderSizeAreNoProblem(long mebibytes, @Nullable String headers) {
        assertThat(ServerLimits.problems(mebibytes << 20, Optional.ofNullable(headers)))
                .isEmpty();
    }
}
