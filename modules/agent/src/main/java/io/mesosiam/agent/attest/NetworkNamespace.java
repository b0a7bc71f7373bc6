package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.ContainerPath;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * A network namespace with containers in it.
 *
 * @param inode its identity; not reused while {@code sockets} keeps the namespace alive
 * @param owner the container through whose first process the namespace was entered
 * @param members the containers whose first process is in it
 * @param table its addresses
 */
record NetworkNamespace(
        long inode, Container owner, SocketLookup sockets, List<ObservedContainer> members, Addresses table) {
    NetworkNamespace {
        members = List.copyOf(members);
    }

    /**
     * What a scan has read of a namespace's addresses.
     *
     * @param all its own, without those that every namespace has
     * @param settled whether regular scans keep them. A namespace without an address is read again, since a new one gets
     *     its addresses some time after the container's start, unless its tables are long
     * @param whole whether there are no further ones
     */
    record Addresses(Set<InetAddress> all, boolean settled, boolean whole) {
        Addresses {
            all = Set.copyOf(all);
        }
    }

    Set<InetAddress> addresses() {
        return table.all();
    }

    /** The outermost container of the owner, which answers for all that is nested in it. */
    String outermost() {
        return ContainerPath.outermost(owner.id());
    }
}
