package io.mesosiam.agent.attest;

import io.mesosiam.agent.kernel.NetlinkSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the kernel for one socket by its two ends: some 10 µs, however many sockets there are.
 *
 * <p>It answers for the network namespace that its netlink socket was made in, and keeps that namespace in being. One question is
 * in flight at a time; the kernel answers within the call that asks, so nobody waits for long.
 */
final class SockDiag implements SocketLookup {
    private final ReentrantLock turn = new ReentrantLock();
    private final NetlinkSocket socket;
    private int sequence;
    private boolean closed;

    private SockDiag(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens one in the calling thread's network namespace. */
    static SockDiag open() throws IOException {
        return new SockDiag(NetlinkSocket.toSockDiag());
    }

    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination) {
        turn.lock();
        try {
            return closed ? new SocketAnswer.Failed("the namespace is gone") : ask(source, destination);
        } catch (IOException e) {
            return new SocketAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            turn.unlock();
        }
    }

    private SocketAnswer ask(InetSocketAddress source, InetSocketAddress destination) throws IOException {
        int question = ++sequence;
        InetDiag.writeRequest(socket.bytes(), question, source, destination);
        return socket.ask(message -> InetDiag.readAnswer(message, question, source, destination));
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                socket.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
