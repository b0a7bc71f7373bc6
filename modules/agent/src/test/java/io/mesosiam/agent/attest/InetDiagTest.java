package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InetDiagTest {
    private static final InetSocketAddress SOURCE = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 40_000);
    private static final InetSocketAddress DESTINATION =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);
    private static final int SEQUENCE = 7;

    @BeforeEach
    void expectedBytesAreLittleEndian() {
        ContainerLab.assume(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "not a little-endian machine");
    }

    @Test
    void ipv4RequestHasTheKernelsLayout() {
        ByteBuffer out = ByteBuffer.allocate(256);

        InetDiag.writeRequest(out, SEQUENCE, SOURCE, DESTINATION);

        byte[] request = new byte[out.remaining()];
        out.get(request);
        assertThat(HexFormat.of().formatHex(request))
                .isEqualTo("48000000" + "1400" + "0100" + "07000000" + "00000000" // header
                        + "02062000" + "ffffffff" // IPv4, TCP, along with the class, any state
                        + "9c40" + "1f90" // ports
                        + "7f000001" + "00".repeat(12) + "7f000001" + "00".repeat(12)
                        + "00000000" + "ffffffffffffffff"); // interface, no cookie
    }

    @Test
    void ipv6RequestHasTheKernelsLayout() {
        ByteBuffer out = ByteBuffer.allocate(256);

        InetDiag.writeRequest(
                out,
                SEQUENCE,
                new InetSocketAddress(InetAddress.ofLiteral("fd00::1"), 1),
                new InetSocketAddress(InetAddress.ofLiteral("fd00:ec2::23"), 80));

        byte[] request = new byte[out.remaining()];
        out.get(request);
        assertThat(HexFormat.of().formatHex(request))
                .contains("0a062000" + "ffffffff" + "00010050" + "fd000000000000000000000000000001"
                        + "fd000ec2000000000000000000000023");
    }

    @Test
    void callersSocketIsRequestedBeforeTheOwnEnd() {
        ByteBuffer out = ByteBuffer.allocate(256);
        ByteBuffer first = ByteBuffer.allocate(256);
        InetDiag.writeRequest(first, SEQUENCE, SOURCE, DESTINATION);
        ByteBuffer second = ByteBuffer.allocate(256);
        InetDiag.writeRequest(second, SEQUENCE + 1, DESTINATION, SOURCE);
        second.put(18, (byte) 0); // without the class

        InetDiag.writeRequests(out, SEQUENCE, new Caller(SOURCE, DESTINATION));

        assertThat(out)
                .isEqualTo(ByteBuffer.allocate(256).put(first).put(second).flip());
    }

    @Test
    void answerHasTheSocketAndItsCreatorsCgroup() {
        assertThat(read(message(2, 1).attribute(15, 4).attribute(21, 8).end()))
                .isEqualTo(new SocketAnswer.Found(
                        4711, 0x0000_0002_0000_0001L, 1000, OptionalLong.of(21), OptionalLong.empty()));
    }

    @Test
    void answerHasTheSocketsClass() {
        assertThat(read(message(2, 1).classId(0xfff2_0001).attribute(21, 8).end()))
                .isEqualTo(new SocketAnswer.Found(
                        4711, 0x0000_0002_0000_0001L, 1000, OptionalLong.of(21), OptionalLong.of(0xfff2_0001L)));
    }

    @Test
    void classZeroIsNoClass() {
        assertThat(read(message(2, 1).classId(0).end()))
                .isEqualTo(new SocketAnswer.Found(
                        4711, 0x0000_0002_0000_0001L, 1000, OptionalLong.empty(), OptionalLong.empty()));
    }

    @Test
    void mappedAddressesOfADualStackSocketAreIpv4() {
        assertThat(read(message(10, 1).end())).isInstanceOf(SocketAnswer.Found.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1,true",
        "4,true",
        "5,true",
        "2,false",
        "3,false",
        "6,false",
        "7,false",
        "8,false",
        "9,false",
        "10,false",
        "11,false",
        "12,false",
        "0,false"
    })
    void onlySocketsThatCanHaveAnOpenRequestAreFound(int state, boolean found) {
        assertThat(read(message(2, state).end()) instanceof SocketAnswer.Found).isEqualTo(found);
    }

    @Test
    void socketWithOtherEndsIsAbsent() {
        ByteBuffer listening = message(2, 1).end();
        listening.putInt(16 + 24, 0);
        assertThat(read(listening)).isEqualTo(new SocketAnswer.Absent());

        ByteBuffer otherPort = message(2, 1).end();
        otherPort.put(16 + 5, (byte) 0x41);
        assertThat(read(otherPort)).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void socketWithoutInodeIsAbsent() {
        ByteBuffer orphan = message(2, 4).end();
        orphan.putInt(16 + 68, 0);

        assertThat(read(orphan)).isEqualTo(new SocketAnswer.Absent());
    }

    @Test
    void missingSocketIsAbsentAndOtherErrorsFail() {
        assertThat(read(error(-2))).isEqualTo(new SocketAnswer.Absent());
        assertThat(read(error(-1))).isInstanceOf(SocketAnswer.Failed.class);
        assertThat(read(error(0))).isInstanceOf(SocketAnswer.Failed.class);
    }

    @Test
    void answerToAnotherRequestIsIgnored() {
        assertThat(InetDiag.readAnswer(message(2, 1).end(), SEQUENCE + 1, SOURCE, DESTINATION, TcpState::canBeCalling))
                .isEmpty();
    }

    @Test
    void attributesWithAWrongLengthHaveNoCgroup() {
        for (int length : new int[] {0, 3, 5, 11, 13, 200, 0xffff}) {
            ByteBuffer answer = message(2, 1).attribute(21, 8).end();
            answer.putShort(16 + 72, (short) length);

            assertThat(read(answer))
                    .isEqualTo(new SocketAnswer.Found(
                            4711, 0x0000_0002_0000_0001L, 1000, OptionalLong.empty(), OptionalLong.empty()));
        }
    }

    @Test
    void truncatedOrChangedAnswersCauseNoException() {
        Random random = new Random(42);
        for (int round = 0; round < 20_000; round++) {
            ByteBuffer answer =
                    message(round % 2 == 0 ? 2 : 10, 1).attribute(21, 8).end();
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                answer.put(random.nextInt(answer.limit()), (byte) random.nextInt());
            }
            answer.limit(random.nextInt(answer.limit() + 1));

            InetDiag.readAnswer(answer, SEQUENCE, SOURCE, DESTINATION, TcpState::canBeCalling);
        }
    }

    private static SocketAnswer read(ByteBuffer answer) {
        return InetDiag.readAnswer(answer, SEQUENCE, SOURCE, DESTINATION, TcpState::canBeCalling)
                .orElseThrow();
    }

    private static ByteBuffer error(int errno) {
        ByteBuffer out = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
        out.putInt(36)
                .putShort((short) 2)
                .putShort((short) 0)
                .putInt(SEQUENCE)
                .putInt(0)
                .putInt(errno);
        return out.clear();
    }

    private static Message message(int family, int state) {
        return new Message(family, state);
    }

    /** An {@code inet_diag_msg} as the kernel writes it. */
    private static final class Message {
        private final ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

        Message(int family, int state) {
            out.putInt(0)
                    .putShort((short) 20)
                    .putShort((short) 0)
                    .putInt(SEQUENCE)
                    .putInt(0);
            out.put((byte) family).put((byte) state).putShort((short) 0);
            out.put(HexFormat.of().parseHex("9c401f90"));
            String address = family == 2 ? "7f000001" + "00".repeat(12) : "00".repeat(10) + "ffff7f000001";
            out.put(HexFormat.of().parseHex(address)).put(HexFormat.of().parseHex(address));
            out.putInt(0).putInt(1).putInt(2);
            out.putInt(0).putInt(0).putInt(0).putInt(1000).putInt(4711);
        }

        Message attribute(int type, int length) {
            out.putShort((short) (4 + length)).putShort((short) type);
            if (length == Long.BYTES) {
                out.putLong(type);
            } else {
                out.position(out.position() + length);
            }
            return this;
        }

        Message classId(int classId) {
            out.putShort((short) 8).putShort((short) 17).putInt(classId);
            return this;
        }

        ByteBuffer end() {
            out.putInt(0, out.position());
            return out.flip();
        }
    }
}
