package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/**
 * One connection to the agent: its two ends at the agent's socket, and its two ends at the caller's socket. They differ
 * if this host translates addresses or ports.
 *
 * @param remote the caller's end, as reported by the accepted socket
 * @param local the agent's end, as reported by the accepted socket
 * @param source the local end of the caller's socket
 * @param destination the remote end of the caller's socket
 */
public record Caller(
        InetSocketAddress remote, InetSocketAddress local, InetSocketAddress source, InetSocketAddress destination) {
    /** A connection that is not translated. */
    public Caller(InetSocketAddress remote, InetSocketAddress local) {
        this(remote, local, remote, local);
    }

    /** The same connection, with these ends at the caller's socket. */
    public Caller openedAs(InetSocketAddress callersSource, InetSocketAddress callersDestination) {
        return new Caller(remote, local, callersSource, callersDestination);
    }
}
