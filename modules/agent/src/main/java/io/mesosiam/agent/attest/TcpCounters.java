package io.mesosiam.agent.attest;

import java.time.Duration;

/**
 * The payload bytes that have passed one socket of a connection, and the times of the last ones, from {@code tcp_info}
 * (linux/tcp.h). SYN and FIN are not counted.
 *
 * @param cookie of the socket
 * @param acked bytes that the peer has acknowledged
 * @param received bytes that have arrived in order
 * @param sent bytes that were sent, retransmissions included
 * @param millisSinceSent the time since it last sent payload or, before that, since it was connected
 * @param millisSinceReceived the time since payload last arrived or, before that, since it was connected
 */
record TcpCounters(long cookie, long acked, long received, long sent, long millisSinceSent, long millisSinceReceived) {
    /** Longer than the time that a segment takes from one namespace of a host to another, plus the kernel's tick. */
    static final Duration LONGEST_TRANSIT = Duration.ofSeconds(1);

    /** The counters without the acknowledgement of the SYN, which the end that opened the connection also counts. */
    TcpCounters withoutSyn() {
        return new TcpCounters(cookie, acked - 1, received, sent, millisSinceSent, millisSinceReceived);
    }

    /**
     * Whether this socket, a caller's, can be the peer of the agent's. All four conditions hold for the two ends of one
     * connection, whatever is in flight: bytes that one end knows to be acknowledged have arrived at the other, and
     * bytes that have arrived were sent.
     *
     * @param before the agent's end, read before this one
     * @param after the agent's end, read after this one
     */
    boolean canBePeerOf(TcpCounters before, TcpCounters after) {
        return acked <= after.received && before.received <= sent && before.acked <= received && received <= after.sent;
    }

    /**
     * Whether this socket, a caller's, can have sent what last arrived at the agent's end: it has sent something since,
     * apart from the transit time. A left-over socket whose request was not answered has the same counts as a new
     * connection with a request of the same length, but it sent earlier.
     *
     * @param before the agent's end, read before this one
     * @param elapsed from before that reading until after this one
     */
    boolean canHaveSentWhatArrivedAt(TcpCounters before, Duration elapsed) {
        return millisSinceSent
                <= before.millisSinceReceived + elapsed.plus(LONGEST_TRANSIT).toMillis();
    }
}
