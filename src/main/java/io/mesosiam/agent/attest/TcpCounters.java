package io.mesosiam.agent.attest;

/**
 * How many bytes of payload have passed one socket of a connection, from {@code tcp_info} (linux/tcp.h). SYN and FIN are not counted.
 *
 * @param cookie of the socket
 * @param acked bytes that the peer has acknowledged
 * @param received bytes that have arrived in order
 * @param sent bytes that were sent, retransmissions included
 */
record TcpCounters(long cookie, long acked, long received, long sent) {
    /** The end that opened the connection also counts the acknowledgement of its SYN. */
    TcpCounters withoutSyn() {
        return new TcpCounters(cookie, acked - 1, received, sent);
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
}
