package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/** Finds sockets with the freezer cgroup that made them, on cgroups v1, instead of the cgroup v2 that the kernel reports. */
record MadeSockets(SockDiag sockets, SocketMakers makers) implements SocketLookup {
    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination) {
        SocketAnswer answer = sockets.find(source, destination);
        return answer instanceof SocketAnswer.Found found
                ? new SocketAnswer.Found(
                        found.inode(), found.cookie(), found.user(), makers.groupOf(found.cookie()), found.netClass())
                : answer;
    }

    @Override
    public boolean isConnected(InetSocketAddress local, InetSocketAddress remote) {
        return sockets.isConnected(local, remote);
    }

    @Override
    public CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination) {
        return sockets.counters(source, destination);
    }

    @Override
    public void close() {
        sockets.close();
    }
}
