package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcNetTcpTest {
    private static final String TCP = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 231 1 0 100 0 0 10 0
               1: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 02:00000A5C 00000000  1000        0 4711 2 0 20 4 30 10 -1
               2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
               3: 0100007F:9C41 0100007F:1F90 06 00000000:00000000 03:00000A5C 00000000     0        0 0 3 0
               4: 0100007F:9C42 0100007F:1F90 02 00000000:00000000 01:00000A5C 00000000     0        0 4713 3 0
            """;

    private static final String TCP6 = """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0000000000000000FFFF00000100007F:9C43 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  2000        0 4714 1 0
               1: 00000000000000000000000001000000:9C44 00000000000000000000000001000000:1F90 01 00000000:00000000 00:00000000 00000000  3000        0 4715 1 0
               2: 0000000000000000FFFF00000100007F:9C45 0000000000000000FFFF00000100007F:1F90 08 00000000:00000000 00:00000000 00000000  2000        0 4716 1 0
            """;

    @TempDir
    private Path net;

    private boolean stillThere = true;

    @BeforeEach
    void recordedOnALittleEndianMachine() throws IOException {
        ContainerLab.assume(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "not a little-endian machine");
        Files.writeString(net.resolve("tcp"), TCP);
        Files.writeString(net.resolve("tcp6"), TCP6);
    }

    private SocketAnswer find(String source, int port, String destination) {
        return find(source, port, destination, Deadlines.ample());
    }

    private SocketAnswer find(String source, int port, String destination, Deadline deadline) {
        return new ProcNetTcp(net, () -> stillThere)
                .find(
                        new InetSocketAddress(InetAddress.ofLiteral(source), port),
                        new InetSocketAddress(InetAddress.ofLiteral(destination), 8080),
                        deadline);
    }

    @Test
    void tableThatIsNotReadInTimeGivesNoAnswer() {
        assertThat(find("127.0.0.1", 40_001, "127.0.0.1", Deadline.in(Duration.ZERO)))
                .isInstanceOf(SocketAnswer.Failed.class);
    }

    @Test
    void socketIsFoundByBothEnds() {
        assertThat(find("127.0.0.1", 40_000, "127.0.0.1"))
                .isEqualTo(new SocketAnswer.Found(4711, 4711, 1000, OptionalLong.empty(), OptionalLong.empty()));
        assertThat(find("127.0.0.1", 40_000, "127.0.0.2")).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void dualStackSocketWithIpv4IsFoundInTheIpv6Table() {
        assertThat(find("127.0.0.1", 40_003, "127.0.0.1"))
                .isEqualTo(new SocketAnswer.Found(4714, 4714, 2000, OptionalLong.empty(), OptionalLong.empty()));
    }

    /** State 08 is CLOSE_WAIT: the agent has closed this connection, so no request can arrive on it. */
    @Test
    void socketThatReceivedAFinIsAbsent() {
        assertThat(find("127.0.0.1", 40_005, "127.0.0.1")).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void answerFailsIfTheProcessHasLeftTheNamespace() {
        stillThere = false;

        assertThat(find("127.0.0.1", 40_000, "127.0.0.1")).isInstanceOf(SocketAnswer.Failed.class);
    }

    @Test
    void ipv6SocketIsFound() {
        assertThat(find("::1", 40_004, "::1"))
                .isEqualTo(new SocketAnswer.Found(4715, 4715, 3000, OptionalLong.empty(), OptionalLong.empty()));
    }

    @Test
    void closedOrUnconnectedSocketsAreAbsent() {
        assertThat(find("127.0.0.1", 40_001, "127.0.0.1")).isEqualTo(new SocketAnswer.Absent());
        assertThat(find("127.0.0.1", 40_002, "127.0.0.1")).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void missingIpv6TableIsNoFailure() throws IOException {
        Files.delete(net.resolve("tcp6"));

        assertThat(find("127.0.0.1", 40_003, "127.0.0.1")).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void malformedLineIsAFailure() throws IOException {
        Files.writeString(net.resolve("tcp"), TCP.replace(" 4711 ", " soon "));

        assertThat(find("127.0.0.1", 40_000, "127.0.0.1")).isInstanceOf(SocketAnswer.Failed.class);
    }
}
