package io.mesosiam.agent.attest;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * A network namespace with containers in it.
 *
 * @param inode its identity; not reused while {@code sockets} keeps the namespace alive
 * @param owner the container through whose first process the namespace was entered
 * @param members the containers whose first process is in it
 * @param addresses its own, without those that every namespace has
 */
record NetworkNamespace(
        long inode,
        Container owner,
        SocketLookup sockets,
        List<ObservedContainer> members,
        Set<InetAddress> addresses) {
    NetworkNamespace {
        members = List.copyOf(members);
        addresses = Set.copyOf(addresses);
    }
}
