package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/** Finds a TCP socket by its two ends in one network namespace. Safe for many threads. */
interface SocketLookup extends AutoCloseable {
    /**
     * The socket whose own end is {@code source} and whose peer is {@code destination}.
     *
     * @param source and {@code destination} of one address family; IPv4-mapped addresses count as IPv4
     */
    SocketAnswer find(InetSocketAddress source, InetSocketAddress destination);

    /** The bytes that passed the socket with these ends. Waits for the socket's lock, which a caller can hold: not for a thread that others need. */
    default CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination) {
        return new CountersAnswer.NotCounted();
    }

    @Override
    void close();
}
