package io.mesosiam.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The source of a connection for the purpose of limits: an IPv4 address, or an IPv6 network of 64 bits, since one host
 * can use all of its addresses (RFC 4291, section 2.5.1).
 */
public record ConnectionSource(InetAddress network) {
    private static final int NETWORK_BYTES = 8;
    private static final InetAddress UNKNOWN = new InetSocketAddress(0).getAddress();

    /** The source of a connection of Vert.x. */
    public static ConnectionSource of(io.vertx.core.net.SocketAddress peer) {
        return of(
                peer.hostAddress() == null
                        ? new InetSocketAddress(0)
                        : new InetSocketAddress(peer.hostAddress(), peer.port()));
    }

    /** The source of a peer's address. All peers with an unknown address share one source. */
    public static ConnectionSource of(SocketAddress peer) {
        return new ConnectionSource(
                peer instanceof InetSocketAddress known && !known.isUnresolved()
                        ? network(known.getAddress())
                        : UNKNOWN);
    }

    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IPv6 address has 16 bytes", e);
        }
    }

    @Override
    public String toString() {
        return network.getHostAddress() + (network instanceof Inet6Address ? "/64" : "");
    }
}
