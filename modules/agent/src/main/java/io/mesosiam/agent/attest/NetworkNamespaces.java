package io.mesosiam.agent.attest;

import static java.util.stream.Collectors.toSet;

import io.mesosiam.agent.attest.NetworkNamespace.Addresses;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.proc.ProcFs;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

    /** Tables of more lines are not read by each scan until they have an address. */
    private static final int FEW_LINES = 64;

    private final ProcFs proc;
    private final SocketLookups lookups;
    private final long host;
    /** The owners of namespaces with addresses that are not read. */
    private final Set<Container> cut = new HashSet<>();

    /** Outermost containers with a network that is not queried. */
    private final Set<String> slow = new HashSet<>();

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
        // those whose addresses are known take their share first
        List<Found> all = members.entrySet().stream()
                .map(entry -> found(entry.getKey(), entry.getValue(), Optional.ofNullable(before.get(entry.getKey()))))
                .sorted(Comparator.comparing(namespace -> !namespace.isSettled()))
                .toList();
        AddressShare.OfHost ofHost = new AddressShare.OfHost();
        Map<String, AddressShare> shares = new HashMap<>();
        Map<Long, NetworkNamespace> namespaces = new HashMap<>();
        for (Found namespace : all) {
            AddressShare share = shares.computeIfAbsent(
                    ContainerPath.outermost(namespace.owner().id()), first -> ofHost.share());
            namespaces.put(namespace.inode(), namespace(namespace, share, addressesToo));
        }
        logCut(namespaces.values());
        logSlow(namespaces.values());
        return namespaces;
    }

    /**
     * A namespace in this scan.
     *
     * @param known the same one in the scan before, if its owner is still in it
     */
    private record Found(
            long inode, ObservedContainer owner, List<ObservedContainer> members, Optional<NetworkNamespace> known) {
        boolean isSettled() {
            return known.filter(last -> last.table().settled()).isPresent();
        }
    }

    private static Found found(long inode, List<ObservedContainer> members, Optional<NetworkNamespace> before) {
        Optional<ObservedContainer> owner = before.flatMap(namespace -> members.stream()
                .filter(m -> m.container().equals(namespace.owner()))
                .findFirst());
        return new Found(inode, owner.orElse(members.getFirst()), members, owner.flatMap(_ -> before));
    }

    /** One line for each outermost container, as long as it has such a network. */
    private void logSlow(Collection<NetworkNamespace> namespaces) {
        Set<String> now = namespaces.stream()
                .filter(namespace -> namespace.sockets() instanceof SlowSockets)
                .map(NetworkNamespace::outermost)
                .collect(toSet());
        slow.retainAll(now);
        now.stream()
                .filter(slow::add)
                .forEach(outermost -> LOG.log(
                        Level.WARNING,
                        "network of a container has too few buckets for sockets, callers in it are refused containerId={0} fewest={1,number,#}",
                        outermost,
                        SlowSockets.FEWEST_BUCKETS));
    }

    /** One line for each container whose network has too many addresses, as long as it runs. */
    private void logCut(Collection<NetworkNamespace> namespaces) {
        cut.retainAll(namespaces.stream().map(NetworkNamespace::owner).collect(toSet()));
        for (NetworkNamespace namespace : namespaces) {
            if (!namespace.table().whole() && cut.add(namespace.owner())) {
                LOG.log(
                        Level.WARNING,
                        "network of a container has too many addresses or routes, callers from the rest are refused containerId={0} most={1,number,#} mostLines={2,number,#}",
                        namespace.owner().id(),
                        LocalAddresses.MOST,
                        LocalAddresses.MOST_LINES);
            }
        }
    }

    private NetworkNamespace namespace(Found found, AddressShare share, boolean addressesToo) {
        long pid = found.owner().firstPid();
        SocketLookup sockets = found.known()
                .map(NetworkNamespace::sockets)
                .map(last ->
                        last.readsFiles() ? lookups.again(pid, found.inode()).orElse(last) : last)
                .orElseGet(() -> lookups.of(pid, found.inode()));
        return new NetworkNamespace(
                found.inode(),
                found.owner().container(),
                sockets,
                found.members(),
                addresses(found, share, addressesToo));
    }

    /** The addresses, read if that is due and the share is not used up; else those of the scan before. */
    private Addresses addresses(Found found, AddressShare share, boolean again) {
        Optional<Addresses> known = found.known().map(NetworkNamespace::table);
        boolean due = again || !found.isSettled();
        boolean usedUp = share.linesLeft() == 0 || share.addressesLeft() == 0;
        Optional<Addresses> read = due && !usedUp ? read(found, share) : Optional.empty();
        Optional<Addresses> latest = read.or(() -> known);
        return latest.filter(addresses -> share.takes(addresses.all().size()))
                .orElseGet(() -> new Addresses(Set.of(), false, latest.isEmpty() && !usedUp));
    }

    /**
     * Reads the addresses through the first member that is alive. A member that ends during the read must not hide the
     * others, and another process with its pid must not supply the addresses of another namespace.
     */
    private Optional<Addresses> read(Found found, AddressShare share) {
        return found.members().stream()
                .map(ObservedContainer::firstPid)
                .filter(pid -> proc.isInNetwork(pid, found.inode()))
                .flatMap(pid -> read(pid, share).filter(_ -> proc.isInNetwork(pid, found.inode())).stream())
                .findFirst();
    }

    private Optional<Addresses> read(long pid, AddressShare share) {
        int before = share.linesLeft();
        int mostLines = Math.min(LocalAddresses.MOST_LINES, before);
        int most = Math.min(LocalAddresses.MOST, share.addressesLeft());
        Optional<Set<InetAddress>> routes =
                proc.network(pid, "fib_trie", all -> LocalAddresses.ofFibTrie(share.lines(all, mostLines), most));
        Set<InetAddress> addresses = new HashSet<>(routes.orElse(Set.of()));
        int linesLeft = mostLines - (before - share.linesLeft());
        int room = most - addresses.size();
        Optional<Set<InetAddress>> ofV6 =
                proc.network(pid, "if_inet6", all -> LocalAddresses.ofIfInet6(share.lines(all, linesLeft), room));
        addresses.addAll(ofV6.orElse(Set.of()));
        int lines = before - share.linesLeft();
        return routes.isEmpty() && ofV6.isEmpty()
                ? Optional.empty()
                : Optional.of(new Addresses(
                        addresses,
                        !addresses.isEmpty() || lines > FEW_LINES,
                        lines < mostLines && addresses.size() < most));
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
