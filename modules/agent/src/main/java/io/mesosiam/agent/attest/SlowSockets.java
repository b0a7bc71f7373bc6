package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.net.InetSocketAddress;

/**
 * The sockets of a namespace that are not queried, because root in another namespace can make its table so small that a query
 * reads all of them.
 *
 * @param sockets keeps the namespace alive, so that its inode identifies it
 */
record SlowSockets(SocketLookup sockets) implements SocketLookup {
    /** Of the sockets of one bucket a query reads all. */
    static final int FEWEST_BUCKETS = 1024;

    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return new SocketAnswer.Failed("the network has too few buckets for its sockets (tcp_ehash_entries)");
    }

    @Override
    public void close() {
        sockets.close();
    }
}
