package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds sockets with the freezer cgroup that made them, on cgroups v1, instead of the cgroup v2 that the kernel reports.
 *
 * @param makers the record; empty if the kernel makes none
 */
record MadeSockets(SockDiag sockets, Optional<SocketMakers> makers) implements SocketLookup {
    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return withMaker(sockets.find(source, destination, deadline));
    }

    @Override
    public SocketAnswer findCaller(Caller caller, Deadline deadline) {
        return withMaker(sockets.findCaller(caller, deadline));
    }

    private SocketAnswer withMaker(SocketAnswer answer) {
        return answer instanceof SocketAnswer.Found found ? withMaker(found) : answer;
    }

    private SocketAnswer withMaker(SocketAnswer.Found found) {
        try {
            OptionalLong group = makers.isPresent() ? makers.get().groupOf(found.cookie()) : OptionalLong.empty();
            return new SocketAnswer.Found(found.inode(), found.cookie(), found.user(), group, found.netClass());
        } catch (IOException e) {
            return new SocketAnswer.Failed("makers of sockets can't be read: " + e.getMessage());
        }
    }

    @Override
    public CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return sockets.counters(source, destination, deadline);
    }

    @Override
    public CountersAnswer ownCounters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return sockets.ownCounters(source, destination, deadline);
    }

    @Override
    public void close() {
        sockets.close();
    }
}
