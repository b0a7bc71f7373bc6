package io.mesosiam.agent.attest;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All containers of the host and their namespaces at one moment. It is never proof: it shows where to query the kernel,
 * and every answer is verified against the kernel again.
 */
final class HostView {
    /**
     * The most namespaces of one outermost container with one address that are queried for a connection from there: all
     * of them are, on the event loop too, and a container can make hundreds with the address of another one.
     */
    static final int MOST_WITH_ONE_ADDRESS = 4;

    private final Map<String, ObservedContainer> containers;
    private final Map<Long, ObservedContainer> byGroup;
    private final Map<Long, List<ObservedContainer>> byClass;
    private final Map<Long, NetworkNamespace> namespaces;
    private final long hostNamespace;
    private final Map<InetAddress, List<NetworkNamespace>> byAddress = new HashMap<>();
    private final List<ObservedContainer> onHostNetwork;
    private final List<Ancestry.FirstProcess> firstProcesses;
    private final Waiting waiting;
    private final Set<Container> notIncluded;
    private final Set<Long> waitingGroups = new HashSet<>();
    private final Optional<String> missing;
    private final Set<Container> all;

    /**
     * The containers that are not included until the rate of new ones has room for them.
     *
     * @param containers those with a cgroup
     * @param firstProcesses the first processes of those without
     */
    record Waiting(List<ObservedContainer> containers, List<Ancestry.FirstProcess> firstProcesses) {
        static final Waiting NONE = new Waiting(List.of(), List.of());

        Waiting {
            containers = List.copyOf(containers);
            firstProcesses = List.copyOf(firstProcesses);
        }
    }

    /**
     * Creates a view.
     *
     * @param containers by id
     * @param namespaces those with containers, by inode, without the host's
     * @param hostNamespace inode of the host's network namespace
     * @param firstProcesses the containers without a cgroup
     * @param missing the reason why a container may be missing; empty if every container of the host is included
     */
    HostView(
            Map<String, ObservedContainer> containers,
            Map<Long, NetworkNamespace> namespaces,
            long hostNamespace,
            List<Ancestry.FirstProcess> firstProcesses,
            Waiting waiting,
            Optional<String> missing) {
        this.firstProcesses = Stream.concat(firstProcesses.stream(), waiting.firstProcesses().stream())
                .toList();
        this.waiting = waiting;
        this.notIncluded = Stream.concat(
                        waiting.containers().stream().map(ObservedContainer::container),
                        waiting.firstProcesses().stream().map(Ancestry.FirstProcess::container))
                .collect(toUnmodifiableSet());
        this.missing = missing;
        this.containers = Map.copyOf(containers);
        this.namespaces = Map.copyOf(namespaces);
        this.hostNamespace = hostNamespace;
        this.byGroup = new HashMap<>();
        for (ObservedContainer found : containers.values()) {
            byGroup.put(found.group().inode(), found);
            found.group().below().forEach(inner -> byGroup.put(inner.inode(), found));
        }
        for (ObservedContainer late : waiting.containers()) {
            waitingGroups.add(late.group().inode());
            late.group().below().forEach(inner -> waitingGroups.add(inner.inode()));
        }
        this.byClass = Stream.concat(containers.values().stream(), waiting.containers().stream())
                .filter(found -> found.netClass().isPresent())
                .collect(groupingBy(found -> found.netClass().getAsLong()));
        this.onHostNetwork = containers.values().stream()
                .filter(found -> found.namespace() == hostNamespace)
                .toList();
        namespaces.values().stream()
                .collect(groupingBy(NetworkNamespace::outermost))
                .values()
                .forEach(this::addAddresses);
        this.all = Stream.concat(
                        containers.values().stream().map(ObservedContainer::container),
                        firstProcesses.stream().map(Ancestry.FirstProcess::container))
                .collect(toUnmodifiableSet());
    }

    /** @param ofOneContainer the namespaces of one outermost container and of all containers nested in it */
    private void addAddresses(List<NetworkNamespace> ofOneContainer) {
        Map<InetAddress, Integer> counts = new HashMap<>();
        for (NetworkNamespace namespace : ofOneContainer) {
            for (InetAddress address : namespace.addresses()) {
                if (counts.merge(address, 1, Integer::sum) <= MOST_WITH_ONE_ADDRESS) {
                    byAddress
                            .computeIfAbsent(address, first -> new ArrayList<>(1))
                            .add(namespace);
                }
            }
        }
    }

    Collection<ObservedContainer> containers() {
        return containers.values();
    }

    Optional<ObservedContainer> container(String id) {
        return Optional.ofNullable(containers.get(id));
    }

    /** The container whose processes are in the cgroup with this inode: its own, or one below that. */
    Optional<ObservedContainer> containerOfGroup(long inode) {
        return Optional.ofNullable(byGroup.get(inode));
    }

    /** Whether processes of a container that is not included yet are in the cgroup with this inode. */
    boolean isWaiting(long inode) {
        return waitingGroups.contains(inode);
    }

    /** Whether this container is not included yet. */
    boolean isWaiting(Container container) {
        return notIncluded.contains(container);
    }

    /** The containers of the socket's network namespace that are not included yet. */
    List<ObservedContainer> waitingIn(SocketFinder.Located at) {
        return waiting.containers().stream()
                .filter(late -> at.onHost()
                        ? late.namespace() == hostNamespace
                        : at.members().stream().anyMatch(member -> member.namespace() == late.namespace()))
                .toList();
    }

    /** Whether a container that is not included yet has a network namespace of its own, whose addresses are not known. */
    boolean hasWaitingNetwork() {
        return waiting.containers().stream()
                .anyMatch(late -> late.namespace() != hostNamespace && !namespaces.containsKey(late.namespace()));
    }

    /**
     * The containers whose sockets have this class: as Mesos assigns it, one container and those nested in it, also those
     * that are not included yet.
     */
    List<ObservedContainer> ofClass(long netClass) {
        return byClass.getOrDefault(netClass, List.of());
    }

    Map<Long, NetworkNamespace> namespaces() {
        return namespaces;
    }

    /**
     * The namespaces that have this address, at most {@value #MOST_WITH_ONE_ADDRESS} of one outermost container. There
     * are several if containers took each other's address, or networks overlap.
     */
    List<NetworkNamespace> namespacesWith(InetAddress address) {
        return byAddress.getOrDefault(address, List.of());
    }

    /**
     * The containers without a cgroup, by their first processes, those that are not included yet among them. All are on the
     * host's network.
     */
    List<Ancestry.FirstProcess> firstProcesses() {
        return firstProcesses;
    }

    /** The reason why a container of this host may be missing here; empty if none is. */
    Optional<String> missing() {
        return missing;
    }

    List<ObservedContainer> onHostNetwork() {
        return onHostNetwork;
    }

    Set<Container> all() {
        return all;
    }
}
