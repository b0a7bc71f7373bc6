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

    @Override
    void close();
}
