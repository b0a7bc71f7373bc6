package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One connection to the agent: its two ends at the agent's socket, and its two ends at the caller's socket. They differ
 * if this host translates addresses or ports.
 *
 * @param remote the caller's end, as reported by the accepted socket
 * @param local the agent's end, as reported by the accepted socket
 * @param source the local end of the caller's socket
 * @param destination the remote end of the caller's socket
 * @param maker the container that made the caller's socket, if the look-up at accept was certain of it
 *     ({@link CallerSource#maker})
 */
public record Caller(
        InetSocketAddress remote,
        InetSocketAddress local,
        InetSocketAddress source,
        InetSocketAddress destination,
        Optional<Attestation.Attested> maker) {
    /** The caller's end alone: it distinguishes connections, and a hash of all parts would cost several times as much. */
    @Override
    public int hashCode() {
        return remote.hashCode();
    }

    /** A connection that is not translated, and not looked up yet. */
    public Caller(InetSocketAddress remote, InetSocketAddress local) {
        this(remote, local, remote, local, Optional.empty());
    }

    /** The same connection, with what its look-up at accept has found. */
    public Caller found(CallerSource found) {
        return new Caller(remote, local, source, destination, found.maker());
    }

    /** The same connection, with these ends at the caller's socket. */
    public Caller openedAs(InetSocketAddress callersSource, InetSocketAddress callersDestination) {
        return new Caller(remote, local, callersSource, callersDestination, maker);
    }
}
