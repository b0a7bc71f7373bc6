package io.mesosiam.agent.mesos;

import io.mesosiam.agent.attest.HostSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Verifies with kernel facts that the process at the other end of a connection within this host is the Mesos agent. Any
 * task may listen on its port while it restarts. So the peer of <em>this very connection</em> is verified, not the
 * listener on the port.
 *
 * @param user the required owner of the peer's socket
 * @param unit the unit that must have a process that holds it
 */
record PeerVerification(long user, Optional<SystemdUnit> unit) {
    /**
     * Pause between checks. A connection has no owner until it is accepted; a daemon accepts at once, unless it is busy
     * or hangs.
     */
    private static final Duration PAUSE = Duration.ofMillis(2);

    /**
     * Returns the peer's socket after verification. Waits until the connection is accepted; the connection's own time
     * limit bounds the wait.
     *
     * @throws IOException if the peer is another process; the message names it
     */
    HostSocket check(Socket connection) throws IOException {
        InetSocketAddress own = (InetSocketAddress) connection.getLocalSocketAddress();
        InetSocketAddress peer = (InetSocketAddress) connection.getRemoteSocketAddress();
        if (!isOfThisHost(peer.getAddress())) {
            throw new IOException(
                    peer.getAddress() + " is no address of this host, and other hosts are not trusted without TLS");
        }
        if (own.equals(peer)) {
            throw new IOException("no program listens on its port: the connection is connected to itself");
        }
        while (!connection.isClosed()) {
            Optional<HostSocket> other = HostSocket.find(peer, own);
            if (other.isPresent()) {
                verify(other.get());
                return other.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IOException("no program accepted the connection");
    }

    /** Verifies that the peer is still the same, after the answer was read. */
    void checkAgain(Socket connection, HostSocket before) throws IOException {
        HostSocket now = HostSocket.find((InetSocketAddress) connection.getRemoteSocketAddress(), (InetSocketAddress)
                        connection.getLocalSocketAddress())
                .orElseThrow(() -> new IOException("it closed the connection before it was verified again"));
        if (now.cookie() != before.cookie()) {
            throw new IOException("its end of the connection has changed");
        }
        verify(now);
    }

    private void verify(HostSocket other) throws IOException {
        if (other.user() != user) {
            throw new IOException("a process of user " + other.user() + " answers on its port");
        }
        if (unit.isPresent() && !other.isHeldByOneOf(unit.get().processes())) {
            throw new IOException("a process outside of " + unit.get().name() + " answers on its port");
        }
    }

    private static boolean isOfThisHost(InetAddress address) throws IOException {
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }
}
