package io.mesosiam.agent.attest;

import java.nio.ByteBuffer;

/** Reads {@code struct tcp_info} (linux/tcp.h) from the attributes of a sock_diag answer. */
final class TcpInfo {
    private static final int ATTRIBUTE_HEADER = 4;
    private static final int INET_DIAG_INFO = 2;

    private static final int MILLIS_SINCE_SENT = 44;
    private static final int MILLIS_SINCE_RECEIVED = 52;
    private static final int ACKED = 120;
    private static final int RECEIVED = 128;
    /** Since Linux 4.19. */
    private static final int SENT = 200;

    private static final int FIN_WAIT2 = 5;
    private static final int CLOSE_WAIT = 8;

    private TcpInfo() {}

    /**
     * Reads the counters.
     *
     * @param state of the socket. The agent's end did not send the first SYN and has not sent FIN, and may be in
     *     CLOSE_WAIT; the caller's end sent the first SYN, and may be in FIN_WAIT
     * @param attributes from its position to its limit
     */
    static CountersAnswer read(int state, long cookie, ByteBuffer attributes) {
        while (attributes.remaining() >= ATTRIBUTE_HEADER) {
            int start = attributes.position();
            int length = Short.toUnsignedInt(attributes.getShort(start));
            if (length < ATTRIBUTE_HEADER || length > attributes.remaining()) {
                return new CountersAnswer.Failed("the answer is truncated");
            }
            if (attributes.getShort(start + 2) == INET_DIAG_INFO) {
                int info = start + ATTRIBUTE_HEADER;
                return length < ATTRIBUTE_HEADER + SENT + Long.BYTES
                        ? new CountersAnswer.NotCounted()
                        : new CountersAnswer.Counted(new TcpCounters(
                                cookie,
                                attributes.getLong(info + ACKED) - (state == FIN_WAIT2 ? 1 : 0),
                                attributes.getLong(info + RECEIVED) - (state == CLOSE_WAIT ? 1 : 0),
                                attributes.getLong(info + SENT),
                                Integer.toUnsignedLong(attributes.getInt(info + MILLIS_SINCE_SENT)),
                                Integer.toUnsignedLong(attributes.getInt(info + MILLIS_SINCE_RECEIVED))));
            }
            attributes.position(Math.min(attributes.limit(), start + (length + 3 & ~3)));
        }
        return new CountersAnswer.NotCounted();
    }
}
