package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class LibcTest {
    private static final String METADATA = "/META-INF/native-image/io.mesosiam/agent/kernel/reachability-metadata.json";

    /** A native image can only make calls that were registered when it was built. */
    @Test
    void callsAreRegisteredForNativeImages() throws IOException {
        JsonNode downcalls;
        try (var metadata = Objects.requireNonNull(LibcTest.class.getResourceAsStream(METADATA))) {
            downcalls = new ObjectMapper().readTree(metadata).path("foreign").path("downcalls");
        }

        var registered = StreamSupport.stream(downcalls.spliterator(), false)
                .map(LibcTest::descriptor)
                .toList();

        try (DescriptorScan scan = new DescriptorScan("socket:[0]")) {
            assertThat(scan.find("/proc/self/fd", 100_000))
                    .as("the calls of the scan are made, and so registered")
                    .isEqualTo(new DescriptorScan.Outcome.Absent());
        }
        Libc.close(SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Bpf.attributes(arena).byteSize())
                    .as("the call for programs of the kernel is registered with its class")
                    .isPositive();
        }
        assertThat(registered).containsExactlyInAnyOrderElementsOf(NativeCalls.registered());
        assertThat(downcalls)
                .allMatch(call -> call.path("options").path("captureCallState").booleanValue());
    }

    private static FunctionDescriptor descriptor(JsonNode call) {
        Map<String, MemoryLayout> layouts = Linker.nativeLinker().canonicalLayouts();
        return FunctionDescriptor.of(
                Objects.requireNonNull(layouts.get(call.path("returnType").textValue())),
                StreamSupport.stream(call.path("parameterTypes").spliterator(), false)
                        .map(type -> Objects.requireNonNull(layouts.get(type.textValue())))
                        .toArray(MemoryLayout[]::new));
    }
}
