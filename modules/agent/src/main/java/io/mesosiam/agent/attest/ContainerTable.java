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
 * The containers of this host, kept current by repeated scans. A scan reads a few small files for each container.
 * Correct answers do not depend on it: a caller that does not find what it expects requests a newer scan.
 *
 * <p>A container is identified by its id and the start of its first process. If its cgroup was removed and made again,
 * or its first process has ended, the id belongs to another container.
 */
final class ContainerTable implements AutoCloseable {
    /** Scans that requests cause take at most a fourth of the time, so that requests can't keep the host busy. */
    private static final int REST_FACTOR = 3;

    /** How many readings must agree before a process is considered to be in another cgroup. */
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

    private final ReentrantLock scanning = new ReentrantLock();
    private final Condition mayScan = scanning.newCondition();
    private final CgroupsRoot root;
    private volatile HostView view;
    /** The start time of the scan that produced {@code view}. */
    private long scanStart = System.nanoTime();

    private long ended = scanStart;
    private long took;
    private boolean closed;
    /** Whether a cgroup has a living process whose namespace neither this scan nor an earlier one could read. */
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

    /** The result of the last scan. */
    HostView view() {
        return view;
    }

    SocketLookup hostSockets() {
        return hostSockets;
    }

    /**
     * The result of a scan that started after the given moment of {@link System#nanoTime()}. Waits for another thread's
     * scan if one is running.
     */
    HostView viewAfter(long moment) throws InterruptedException {
        scanning.lockInterruptibly();
        try {
            while (scanStart - moment <= 0) {
                long rest = ended + REST_FACTOR * took - System.nanoTime();
                if (rest <= 0) {
                    scan(true);
                } else {
                    // all threads that wait use the one scan that follows
                    long ignored = mayScan.awaitNanos(rest);
                }
            }
            mayScan.signalAll();
            return view;
        } finally {
            scanning.unlock();
        }
    }

    /**
     * Scans now.
     *
     * @return the duration, in nanoseconds
     */
    long scan() {
        scanning.lock();
        try {
            scan(false);
            return took;
        } finally {
            scanning.unlock();
        }
    }

    private void scan(boolean addressesToo) {
        if (closed) {
            throw new IllegalStateException("the container table is closed");
        }
        long start = System.nanoTime();
        try {
            HostView before = view;
            unread = false;
            // before the cgroups are listed: if a root appears during the scan, a missing container still has a reason
            root.scan();
            Map<String, ObservedContainer> found = new HashMap<>();
            for (ContainerGroup group : root.loss().isPresent() ? List.<ContainerGroup>of() : tree.groups()) {
                observe(group, before).ifPresent(seen -> found.put(seen.id(), seen));
            }
            boolean allNamed = docker.map(containers -> observeDocker(containers, before, found))
                    .orElse(true);
            before.containers().forEach(known -> keepIfAlive(known, before, found));
            Ancestry.Scan descents =
                    ancestry.map(lines -> lines.scan(found::containsKey)).orElse(Ancestry.Scan.NOTHING);
            HostView now = new HostView(
                    found,
                    namespaces(found.values(), before, addressesToo),
                    hostNamespace,
                    descents.firstProcesses(),
                    missing(allNamed && descents.whole() && !unread));
            notifyListener(before.all(), now.all());
            view = now;
            scanStart = start;
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

    /**
     * The reason why a container may be missing. With ancestry containers need no cgroup, and Docker's have other ones,
     * so the root may be absent permanently.
     */
    private Optional<String> missing(boolean allNamed) {
        if (!allNamed) {
            return Optional.of("not all containers are known yet");
        }
        return ancestry.isPresent() || docker.isPresent() ? root.loss() : root.objection();
    }

    boolean rootConfirmed() {
        return root.objection().isEmpty();
    }

    private Optional<ObservedContainer> observe(ContainerGroup group, HostView before) {
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
     * Keeps a container whose cgroup the scan did not find if it is still alive: the hierarchy may be unmounted or
     * covered. If Docker's cgroup is there, the scan of Docker's containers has decided.
     */
    private void keepIfAlive(ObservedContainer known, HostView before, Map<String, ObservedContainer> found) {
        if (!found.containsKey(known.id())
                && isAlive(known)
                && (tree.isMesosCgroup(known.group()) || !tree.isSame(known.group()))
                && (root.loss().isPresent() || !hasLeft(known))) {
            withNetwork(known, before).ifPresent(seen -> found.put(seen.id(), seen));
        }
    }

    private boolean isAlive(ObservedContainer known) {
        return proc.isAlive(known.firstPid(), known.container().startTicks());
    }

    /**
     * Whether the first process is in a cgroup that is not its container's. A list of the cgroup's processes can't show
     * that: a process that moves between cgroups of its container while they are read may be in none of the lists. On
     * v1 a process that executes a program from another thread is in the root's cgroup for less than the time of a few
     * readings.
     */
    private boolean hasLeft(ObservedContainer known) {
        return IntStream.range(0, READINGS).allMatch(reading -> isElsewhere(known));
    }

    private boolean isElsewhere(ObservedContainer known) {
        return proc.cgroups(known.firstPid())
                .filter(cgroups -> !tree.contains(known.group(), cgroups))
                .isPresent();
    }

    /** A name in Docker never replaces a container in Mesos's own part of the hierarchy. */
    private boolean observeDocker(DockerContainers containers, HostView before, Map<String, ObservedContainer> found) {
        DockerContainers.Scan scan = containers.scan();
        scan.running()
                .forEach(seen -> withNetwork(seen, before).ifPresent(whole -> found.putIfAbsent(whole.id(), whole)));
        return scan.whole();
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
     * Adds namespace and class. The namespace is read on every scan, since a container's first process enters it some
     * time after its start. The class is read until it is set: Mesos sets it once, and a wrong one would only make the
     * search longer.
     *
     * <p>A namespace that can't be read ends no container whose first process is alive: it keeps the namespace of the
     * previous scan.
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
        proc.network(pid, "fib_trie").map(LocalAddresses::ofFibTrie).ifPresent(addresses::addAll);
        proc.network(pid, "if_inet6").map(LocalAddresses::ofIfInet6).ifPresent(addresses::addAll);
        return addresses;
    }

    /**
     * Closes namespaces without containers. Requests that still use an old view get "the namespace is gone" and scan
     * again.
     */
    private static void closeAbandoned(HostView before, HostView now) {
        before.namespaces().forEach((inode, namespace) -> {
            NetworkNamespace kept = now.namespaces().get(inode);
            if (kept == null || kept.sockets() != namespace.sockets()) {
                namespace.sockets().close();
            }
        });
    }

    private void notifyListener(Set<Container> before, Set<Container> now) {
        List<Container> started = now.stream().filter(c -> !before.contains(c)).toList();
        List<Container> ended = before.stream().filter(c -> !now.contains(c)).toList();
        if (!started.isEmpty() || !ended.isEmpty()) {
            listener.changing(started, ended);
        }
    }

    @Override
    public void close() {
        scanning.lock();
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
            scanning.unlock();
        }
    }
}
