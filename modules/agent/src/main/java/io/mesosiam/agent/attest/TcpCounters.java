package io.mesosiam.agent.attest;

import java.time.Duration;

/**
 * How many bytes of payload have passed one socket of a connection, and when, from {@code tcp_info} (linux/tcp.h). SYN and FIN are not
 * counted.
 *
 * @param cookie of the socket
 * @param acked bytes that the peer has acknowledged
 * @param received bytes that have arrived in order
 * @param sent bytes that were sent, retransmissions included
 * @param millisSinceSent the time since it last sent payload or, before that, since it was connected
 * @param millisSinceReceived the time since payload last arrived or, before that, since it was connected
 */
record TcpCounters(long cookie, long acked, long received, long sent, long millisSinceSent, long millisSinceReceived) {
    /** Above the time that a segment takes from one namespace of a host to another, and the kernel's tick. */
    static final Duration LONGEST_TRANSIT = Duration.ofSeconds(1);

    /** The end that opened the connection also counts the acknowledgement of its SYN. */
    TcpCounters withoutSyn() {
        return new TcpCounters(cookie, acked - 1, received, sent, millisSinceSent, millisSinceReceived);
    }

    /**
     * Whether this socket, a caller's, can be the peer of the agent's. All four hold for the two ends of one connection whatever is in
     * flight: what one end knows to be acknowledged has arrived at the other, and what has arrived was sent.
     *
     * @param before the agent's end, read before this one
     * @param after the agent's end, read after this one
     */
    boolean canBePeerOf(TcpCounters before, TcpCounters after) {
        return acked <= after.received && before.received <= sent && before.acked <= received && received <= after.sent;
    }

    /**
     * Whether this socket, a caller's, can have sent what last arrived at the agent's: it has sent something since, but for the transit. A
     * left-over socket whose request was not answered counts the same bytes as a new connection with a request of the same length; it sent
     * them earlier.
     *
     * @param before the agent's end, read before this one
     * @param elapsed from before that reading until after this one
     */
    boolean canHaveSentWhatArrivedAt(TcpCounters before, Duration elapsed) {
        return millisSinceSent
                <= before.millisSinceReceived + elapsed.plus(LONGEST_TRANSIT).toMillis();
    }
}
