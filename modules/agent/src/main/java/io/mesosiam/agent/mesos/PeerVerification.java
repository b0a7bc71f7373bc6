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
 * Shows by kernel facts that the process at the other end of a connection within this host is the Mesos agent. Any task may listen on its
 * port while it restarts; so it is the other end of <em>this very connection</em> that is looked at, not whoever listens.
 *
 * @param user whose socket it must be
 * @param unit one of whose processes must hold it
 */
record PeerVerification(long user, Optional<SystemdUnit> unit) {
    /** Until it is accepted, a connection belongs to nobody; a daemon accepts at once, unless it is busy or dead. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    /**
     * The other end, shown to be the Mesos agent's. Waits until it was accepted; the connection's own time limit bounds that.
     *
     * @throws IOException that says whose it is else
     */
    HostSocket check(Socket connection) throws IOException {
        InetSocketAddress own = (InetSocketAddress) connection.getLocalSocketAddress();
        InetSocketAddress peer = (InetSocketAddress) connection.getRemoteSocketAddress();
        if (!isOfThisHost(peer.getAddress())) {
            throw new IOException(
                    peer.getAddress() + " is no address of this host, and without TLS no other is believed");
        }
        if (own.equals(peer)) {
            throw new IOException("nobody listens on its port: the connection leads to itself");
        }
        while (!connection.isClosed()) {
            Optional<HostSocket> other = HostSocket.find(peer, own);
            if (other.isPresent()) {
                judge(other.get());
                return other.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IOException("nobody accepted the connection");
    }

    /** Whether it still is, after the answer was read. */
    void checkAgain(Socket connection, HostSocket before) throws IOException {
        HostSocket now = HostSocket.find((InetSocketAddress) connection.getRemoteSocketAddress(), (InetSocketAddress)
                        connection.getLocalSocketAddress())
                .orElseThrow(() -> new IOException("it hung up before it was looked at again"));
        if (now.cookie() != before.cookie()) {
            throw new IOException("its end of the connection is another one now");
        }
        judge(now);
    }

    private void judge(HostSocket other) throws IOException {
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
