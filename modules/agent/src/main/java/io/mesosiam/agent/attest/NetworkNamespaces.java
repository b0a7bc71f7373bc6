package io.mesosiam.agent.attest;

import static java.util.stream.Collectors.toSet;

import io.mesosiam.agent.proc.ProcFs;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The network namespaces of a scan's containers. A namespace that the previous scan has entered is not opened again.
 */
final class NetworkNamespaces {
    private static final System.Logger LOG = System.getLogger(NetworkNamespaces.class.getName());

    private final ProcFs proc;
    private final SocketLookups lookups;
    private final long host;
    /** The owners of namespaces with too many addresses. */
    private final Set<Container> full = new HashSet<>();

    NetworkNamespaces(ProcFs proc, SocketLookups lookups) {
        this.proc = proc;
        this.lookups = lookups;
        this.host = proc.ownNetworkNamespace()
                .orElseThrow(() -> new IllegalStateException("can't read our own network namespace in /proc"));
    }

    /** The inode of the host's network namespace. */
    long host() {
        return host;
    }

    /**
     * The namespaces with containers, by inode, without the host's.
     *
     * @param addressesToo whether to read addresses that are already known again
     */
    Map<Long, NetworkNamespace> of(
            Collection<ObservedContainer> found, Map<Long, NetworkNamespace> before, boolean addressesToo) {
        Map<Long, List<ObservedContainer>> members = new HashMap<>();
        for (ObservedContainer seen : found) {
            if (seen.namespace() != host) {
                members.computeIfAbsent(seen.namespace(), first -> new ArrayList<>(2))
                        .add(seen);
            }
        }
        Map<Long, NetworkNamespace> namespaces = new HashMap<>();
        members.forEach((inode, inside) ->
                namespaces.put(inode, namespace(inode, inside, Optional.ofNullable(before.get(inode)), addressesToo)));
        logFull(namespaces.values());
        return namespaces;
    }

    /** One line for each container whose network has too many addresses, as long as it runs. */
    private void logFull(Collection<NetworkNamespace> namespaces) {
        full.retainAll(namespaces.stream().map(NetworkNamespace::owner).collect(toSet()));
        for (NetworkNamespace namespace : namespaces) {
            if (namespace.addresses().size() >= LocalAddresses.MOST && full.add(namespace.owner())) {
                LOG.log(
                        Level.WARNING,
                        "network of a container has too many addresses, callers from the rest are refused containerId={0} most={1,number,#}",
                        namespace.owner().id(),
                        LocalAddresses.MOST);
            }
        }
    }

    private NetworkNamespace namespace(
            long inode, List<ObservedContainer> members, Optional<NetworkNamespace> before, boolean addressesToo) {
        Optional<NetworkNamespace> known = before.filter(
                namespace -> members.stream().anyMatch(m -> m.container().equals(namespace.owner())));
        ObservedContainer owner = known.flatMap(namespace -> members.stream()
                        .filter(m -> m.container().equals(namespace.owner()))
                        .findFirst())
                .orElse(members.getFirst());
        Set<InetAddress> addresses = known.filter(
                        namespace -> !addressesToo && !namespace.addresses().isEmpty())
                .map(NetworkNamespace::addresses)
                .orElseGet(() -> addresses(members, inode));
        SocketLookup sockets = known.map(NetworkNamespace::sockets)
                .map(last -> last.readsFiles()
                        ? lookups.again(owner.firstPid(), inode).orElse(last)
                        : last)
                .orElseGet(() -> lookups.of(owner.firstPid(), inode));
        return new NetworkNamespace(inode, owner.container(), sockets, members, addresses);
    }

    /**
     * The addresses, read from the first member that is alive. A member that ends during the read must not hide the
     * others, and another process with its pid must not supply the addresses of another namespace.
     */
    private Set<InetAddress> addresses(List<ObservedContainer> members, long inode) {
        return members.stream()
                .map(ObservedContainer::firstPid)
                .map(pid -> Map.entry(pid, addresses(pid)))
                .filter(found -> !found.getValue().isEmpty() && proc.isInNetwork(found.getKey(), inode))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Set.of());
    }

    private Set<InetAddress> addresses(long pid) {
        Set<InetAddress> addresses = new HashSet<>();
        proc.network(pid, "fib_trie", lines -> LocalAddresses.ofFibTrie(lines, LocalAddresses.MOST))
                .ifPresent(addresses::addAll);
        int room = LocalAddresses.MOST - addresses.size();
        proc.network(pid, "if_inet6", lines -> LocalAddresses.ofIfInet6(lines, room))
                .ifPresent(addresses::addAll);
        return addresses;
    }

    /**
     * Closes namespaces without containers. Requests that still use an old view get "the namespace is gone" and scan
     * again.
     */
    static void closeAbandoned(Map<Long, NetworkNamespace> before, Map<Long, NetworkNamespace> now) {
        before.forEach((inode, namespace) -> {
            NetworkNamespace kept = now.get(inode);
            if (kept == null || kept.sockets() != namespace.sockets()) {
                namespace.sockets().close();
            }
        });
    }
}
