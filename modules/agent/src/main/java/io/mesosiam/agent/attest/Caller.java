package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/**
 * One connection to the agent: its two ends at the agent's socket, and at the caller's socket. The two differ where this host translates
 * addresses or ports.
 *
 * @param remote the caller's end as the accepted socket names it
 * @param local the agent's end as the accepted socket names it
 * @param source the own end of the caller's socket
 * @param destination the peer of the caller's socket
 */
public record Caller(
        InetSocketAddress remote, InetSocketAddress local, InetSocketAddress source, InetSocketAddress destination) {
    /** A connection that is not translated. */
    public Caller(InetSocketAddress remote, InetSocketAddress local) {
        this(remote, local, remote, local);
    }

    /** The same connection, where the caller's socket has these ends. */
    public Caller openedAs(InetSocketAddress callersSource, InetSocketAddress callersDestination) {
        return new Caller(remote, local, callersSource, callersDestination);
    }
}
