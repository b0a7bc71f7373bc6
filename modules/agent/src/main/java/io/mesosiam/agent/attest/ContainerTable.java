package io.mesosiam.agent.attest;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * The containers of this host, kept by looking again and again. A look reads a few small files for each container and is never
 * needed for a correct answer: whoever doesn't find what it expects asks for a newer look.
 *
 * <p>A container is its id with the start of its first process. If its group was removed and made again, or its first process
 * has ended, what is there now is another container.
 */
final class ContainerTable implements AutoCloseable {
    /** Looks that asks demand take at most a fourth of the time, so that nobody can keep the host busy by asking. */
    private static final int REST_FACTOR = 3;

    /** That agree before a process is taken to be in another group. */
    private static final int READINGS = 3;

    private final CgroupTree tree;
    private final NetClasses classes;
    private final Optional<DockerContainers> docker;
    private final Optional<Ancestry> ancestry;
    private final ProcFs proc;
    private final SocketLookups lookups;
    private final SocketLookup hostSockets;
    private final ContainerListener listener;
    private final long hostNamespace;

    private final ReentrantLock looking = new ReentrantLock();
    private final Condition rested = looking.newCondition();
    private final CgroupsRoot root;
    private volatile HostView view;
    /** When the look began that {@code view} is the result of. */
    private long begun = System.nanoTime();

    private long ended = begun;
    private long took;
    private boolean closed;
    /** Whether a process of a group lives whose namespace this look couldn't read, and no look before it. */
    private boolean unread;

    ContainerTable(
            CgroupTree tree,
            Optional<DockerContainers> docker,
            Optional<Ancestry> ancestry,
            NetClasses classes,
            ProcFs proc,
            SocketLookups lookups,
            ContainerListener listener) {
        this.tree = tree;
        this.docker = docker;
        this.ancestry = ancestry;
        this.classes = classes;
        this.proc = proc;
        this.lookups = lookups;
        this.listener = listener;
        this.hostSockets = lookups.ofHost();
        this.root = new CgroupsRoot(tree);
        this.hostNamespace = proc.ownNetworkNamespace()
                .orElseThrow(() -> new IllegalStateException("can't read our own network namespace in /proc"));
        this.view = new HostView(
                Map.of(), Map.of(), hostNamespace, List.of(), Optional.of("the host's containers are not read yet"));
    }

    /** What the last look found. */
    HostView view() {
        return view;
    }

    SocketLookup hostSockets() {
        return hostSockets;
    }

    /** What a look finds that begins after the given moment of {@link System#nanoTime()}; waits for another's look if there is one. */
    HostView viewAfter(long moment) throws InterruptedException {
        looking.lockInterruptibly();
        try {
            while (begun - moment <= 0) {
                long rest = ended + REST_FACTOR * took - System.nanoTime();
                if (rest <= 0) {
                    look(true);
                } else {
                    // others who wait see the one look that follows
                    long ignored = rested.awaitNanos(rest);
                }
            }
            rested.signalAll();
            return view;
        } finally {
            looking.unlock();
        }
    }

    /**
     * Looks now.
     *
     * @return how long it took, in nanoseconds
     */
    long look() {
        looking.lock();
        try {
            look(false);
            return took;
        } finally {
            looking.unlock();
        }
    }

    private void look(boolean addressesToo) {
        if (closed) {
            throw new IllegalStateException("the container table is closed");
        }
        long start = System.nanoTime();
        try {
            HostView before = view;
            unread = false;
            // before the groups are listed: one that is made meanwhile is not missing without a reason
            root.look();
            Map<String, ObservedContainer> found = new HashMap<>();
            for (ContainerGroup group : root.loss().isPresent() ? List.<ContainerGroup>of() : tree.groups()) {
                sight(group, before).ifPresent(seen -> found.put(seen.id(), seen));
            }
            boolean allNamed = docker.map(containers -> sightDocker(containers, before, found))
                    .orElse(true);
            before.containers().forEach(known -> keepIfAlive(known, before, found));
            Ancestry.Look descents =
                    ancestry.map(lines -> lines.look(found::containsKey)).orElse(Ancestry.Look.NOTHING);
            HostView now = new HostView(
                    found,
                    namespaces(found.values(), before, addressesToo),
                    hostNamespace,
                    descents.forebears(),
                    missing(allNamed && descents.whole() && !unread));
            tell(before.all(), now.all());
            view = now;
            begun = start;
            closeAbandoned(before, now);
            proc.forgetEnded();
            if (!now.all().equals(before.all())) {
                listener.changed();
            }
        } finally {
            ended = System.nanoTime();
            took = ended - start;
        }
    }

    /** With ancestry containers need no group, with Docker they have other ones: then the root may be absent for good. */
    private Optional<String> missing(boolean allNamed) {
        if (!allNamed) {
            return Optional.of("not every container is known yet");
        }
        return ancestry.isPresent() || docker.isPresent() ? root.loss() : root.objection();
    }

    boolean rootConfirmed() {
        return root.objection().isEmpty();
    }

    private Optional<ObservedContainer> sight(ContainerGroup group, HostView before) {
        List<Long> processes = tree.processes(group);
        Optional<ObservedContainer> same = before.container(group.id())
                .filter(known -> known.group().inode() == group.inode()
                        && isAlive(known)
                        && (processes.contains(known.firstPid()) || !hasLeft(known)));
        return same.map(known -> known.in(group))
                .or(() -> oldest(group, processes))
                .flatMap(seen -> withNetwork(seen, before));
    }

    /**
     * A group that the look doesn't find is not the end of its container: the hierarchy may be unmounted or covered. If Docker's
     * group is there, the look at Docker's containers has decided.
     */
    private void keepIfAlive(ObservedContainer known, HostView before, Map<String, ObservedContainer> found) {
        if (!found.containsKey(known.id())
                && isAlive(known)
                && (tree.isMesoss(known.group()) || !tree.isSame(known.group()))
                && (root.loss().isPresent() || !hasLeft(known))) {
            withNetwork(known, before).ifPresent(seen -> found.put(seen.id(), seen));
        }
    }

    private boolean isAlive(ObservedContainer known) {
        return proc.isAlive(known.firstPid(), known.container().startTicks());
    }

    /**
     * Whether the first process is in a group that is not its container's. A list of the group's processes can't say that: a process that
     * moves between groups of its container while they are read is in none of the lists. On v1 a process that executes a program from
     * another thread is in the root's group for less than the time of some readings.
     */
    private boolean hasLeft(ObservedContainer known) {
        return IntStream.range(0, READINGS).allMatch(reading -> isElsewhere(known));
    }

    private boolean isElsewhere(ObservedContainer known) {
        return proc.cgroups(known.firstPid())
                .filter(cgroups -> !tree.contains(known.group(), cgroups))
                .isPresent();
    }

    /** A name of Docker's never stands in for a container in Mesos's own part of the hierarchy. */
    private boolean sightDocker(DockerContainers containers, HostView before, Map<String, ObservedContainer> found) {
        DockerContainers.Look look = containers.look();
        look.running()
                .forEach(seen -> withNetwork(seen, before).ifPresent(whole -> found.putIfAbsent(whole.id(), whole)));
        return look.whole();
    }

    private Optional<ObservedContainer> oldest(ContainerGroup group, List<Long> processes) {
        return processes.stream()
                .flatMap(pid -> proc.start(pid).stream()
                        .mapToObj(start -> new ObservedContainer(
                                new Container(group.id(), start), group, pid, 0, OptionalLong.empty())))
                .min(Comparator.comparingLong(
                                (ObservedContainer s) -> s.container().startTicks())
                        .thenComparingLong(ObservedContainer::firstPid));
    }

    /**
     * The namespace is read on every look, since a container's first process enters it some time after it was started. The class, until
     * there is one: Mesos gives it once, and a wrong one would only lead to a longer search.
     *
     * <p>A namespace that can't be read ends no container whose first process lives: it keeps the one that the look before found.
     */
    private Optional<ObservedContainer> withNetwork(ObservedContainer seen, HostView before) {
        OptionalLong namespace = proc.networkNamespace(seen.firstPid());
        if (namespace.isPresent()) {
            return Optional.of(withNetwork(seen, namespace.getAsLong()));
        }
        if (!isAlive(seen)) {
            return Optional.empty();
        }
        Optional<ObservedContainer> known =
                before.container(seen.id()).filter(last -> last.container().equals(seen.container()));
        unread |= known.isEmpty();
        return known.map(last -> withNetwork(seen, last.namespace()));
    }

    private ObservedContainer withNetwork(ObservedContainer seen, long namespace) {
        return new ObservedContainer(
                seen.container(),
                seen.group(),
                seen.firstPid(),
                namespace,
                seen.netClass().isPresent() ? seen.netClass() : classes.of(seen.id()));
    }

    private Map<Long, NetworkNamespace> namespaces(
            Collection<ObservedContainer> found, HostView before, boolean addressesToo) {
        Map<Long, List<ObservedContainer>> members = new HashMap<>();
        for (ObservedContainer seen : found) {
            if (seen.namespace() != hostNamespace) {
                members.computeIfAbsent(seen.namespace(), first -> new ArrayList<>(2))
                        .add(seen);
            }
        }
        Map<Long, NetworkNamespace> namespaces = new HashMap<>();
        members.forEach((inode, inside) -> namespaces.put(
                inode,
                namespace(inode, inside, Optional.ofNullable(before.namespaces().get(inode)), addressesToo)));
        return namespaces;
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
        SocketLookup sockets =
                known.map(NetworkNamespace::sockets).orElseGet(() -> lookups.of(owner.firstPid(), inode));
        return new NetworkNamespace(inode, owner.container(), sockets, members, addresses);
    }

    /**
     * By the first of them that still lives: one that ends in this moment must not hide the others, nor may another process with its
     * pid tell the addresses of another namespace.
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
        proc.network(pid, "fib_trie").map(LocalAddresses::ofFibTrie).ifPresent(addresses::addAll);
        proc.network(pid, "if_inet6").map(LocalAddresses::ofIfInet6).ifPresent(addresses::addAll);
        return addresses;
    }

    /** Asks that still use an old view get "the namespace is gone" and look again. */
    private static void closeAbandoned(HostView before, HostView now) {
        before.namespaces().forEach((inode, namespace) -> {
            NetworkNamespace kept = now.namespaces().get(inode);
            if (kept == null || kept.sockets() != namespace.sockets()) {
                namespace.sockets().close();
            }
        });
    }

    private void tell(Set<Container> before, Set<Container> now) {
        List<Container> started = now.stream().filter(c -> !before.contains(c)).toList();
        List<Container> ended = before.stream().filter(c -> !now.contains(c)).toList();
        if (!started.isEmpty() || !ended.isEmpty()) {
            listener.changing(started, ended);
        }
    }

    @Override
    public void close() {
        looking.lock();
        try {
            if (!closed) {
                closed = true;
                view.namespaces()
                        .values()
                        .forEach(namespace -> namespace.sockets().close());
                hostSockets.close();
                proc.close();
            }
        } finally {
            looking.unlock();
        }
    }
}
