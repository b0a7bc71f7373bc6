package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SystemCallTest {
    private static final int ENOENT = 2;

    @Test
    void errorNamesTheCallTheReasonAndItsNumber() {
        assertThatThrownBy(() -> Libc.open("/proc/self/absent"))
                .isInstanceOfSatisfying(SystemCall.CallFailed.class, e -> {
                    assertThat(e).hasMessage("openat: there is no such file or directory, errno 2");
                    assertThat(e.errno).isEqualTo(ENOENT);
                });
    }

    @Test
    void errorOfProgramsOfTheKernelNamesTheCommand() {
        assertThatThrownBy(() -> Bpf.program(Integer.MAX_VALUE))
                .isInstanceOf(SystemCall.CallFailed.class)
                .hasMessageMatching("BPF_PROG_GET_FD_BY_ID: .*errno [0-9]+");
    }

    @Test
    void optionIsWrittenAndRead() throws Exception {
        int socket = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            SocketCalls.setReceiveTimeout(socket, Duration.ofMillis(3200));
            MemorySegment timeval = arena.allocate(16, Long.BYTES);

            int length = SocketCalls.socketOption(socket, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVTIMEO, timeval);

            assertThat(length).isEqualTo(16);
            assertThat(timeval.toArray(ValueLayout.JAVA_LONG)).containsExactly(3, 200_000);
        } finally {
            Libc.close(socket);
        }
    }

    @Test
    void livingProcessHasNotEnded() throws Exception {
        try (Pidfd self = Pidfd.open(ProcessHandle.current().pid())) {
            assertThat(self.hasEnded()).isFalse();
        }
    }

    @Test
    void scanReadsAllDescriptors() throws Exception {
        try (DescriptorScan scan = new DescriptorScan("socket:[0]")) {
            assertThat(scan.find("/proc/self/fd", 100_000)).isEqualTo(new DescriptorScan.Outcome.Absent());
        }
    }
}
