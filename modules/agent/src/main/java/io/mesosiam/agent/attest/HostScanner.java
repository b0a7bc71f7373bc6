package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupsRoot;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.cgroup.ContainerShare;
import io.mesosiam.agent.cgroup.NetClasses;
import io.mesosiam.agent.proc.ProcFs;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Scans the host for its containers. A scan reads a few small files for each container, and keeps a container of the
 * scan before as long as its first process has not ended or left it.
 *
 * <p>A container is identified by its id and the start of its first process. If its cgroup was removed and made again,
 * or its first process has ended, the id belongs to another container.
 *
 * <p>Not thread-safe: one scan at a time.
 */
final class HostScanner {
    private static final System.Logger LOG = System.getLogger(HostScanner.class.getName());

    /** How many readings must agree before a process is considered to be in another cgroup. */
    private static final int READINGS = 3;

    /**
     * How many processes of one container are read. In a scan only a container that is new, and one whose first process
     * may have left it, depends on them. A container with more is not searched for the holder of a socket.
     */
    static final int MOST_PROCESSES = 1 << 14;

    /** As many are read of each container, even if those around it or beside it have many. */
    static final int FEW_PROCESSES = 8;

    private final CgroupTree tree;
    private final NetClasses classes;
    private final Optional<DockerContainers> docker;
    private final Optional<Ancestry> ancestry;
    private final ProcFs proc;
    private final NetworkNamespaces namespaces;
    private final CgroupsRoot root;
    private final ContainerStarts starts;
    private final int most;
    private final Set<String> logged = new HashSet<>();

    /** Ids of the containers for which the rate had no room in the last scan, those that wait longest first. */
    private Set<String> waiting = Set.of();

    HostScanner(
            CgroupTree tree,
            Optional<DockerContainers> docker,
            Optional<Ancestry> ancestry,
            NetClasses classes,
            ProcFs proc,
            SocketLookups lookups) {
        this(tree, docker, ancestry, classes, proc, lookups, CgroupTree.MAX_CONTAINERS, System::nanoTime);
    }

    /**
     * Creates a scanner.
     *
     * @param most how many containers with cgroups may be known
     * @param nanoTime a monotonic clock, for the rate of new containers
     */
    HostScanner(
            CgroupTree tree,
            Optional<DockerContainers> docker,
            Optional<Ancestry> ancestry,
            NetClasses classes,
            ProcFs proc,
            SocketLookups lookups,
            int most,
            LongSupplier nanoTime) {
        this.most = most;
        this.tree = tree;
        this.docker = docker;
        this.ancestry = ancestry;
        this.classes = classes;
        this.proc = proc;
        this.namespaces = new NetworkNamespaces(proc, lookups);
        this.root = new CgroupsRoot(tree);
        this.starts = new ContainerStarts(nanoTime);
    }

    /** The view before the first scan: it has no containers, and any may be missing. */
    HostView unread() {
        return new HostView(
                Map.of(),
                Map.of(),
                namespaces.host(),
                List.of(),
                HostView.Waiting.NONE,
                Optional.of("the host's containers are not read yet"));
    }

    /** Whether the cgroups root exists and has held a cgroup. May be called during a scan. */
    boolean rootConfirmed() {
        return root.objection().isEmpty();
    }

    /**
     * Scans once.
     *
     * @param addressesToo whether to read addresses that are already known again
     */
    HostView scan(HostView before, boolean addressesToo) {
        // before the cgroups are listed: if a root appears during the scan, a missing container still has a reason
        root.scan();
        starts.forgetFull();
        return new Scan(before).view(addressesToo);
    }

    /** The containers that one scan has found so far. */
    private final class Scan {
        private final HostView before;
        private final Map<String, ObservedContainer> found = new HashMap<>();
        /** New nested containers, by id. Those that are known and alive come first. */
        private final Map<String, ObservedContainer> started = new LinkedHashMap<>();

        private final ContainerShare.OfHost ofHost = new ContainerShare.OfHost();
        private final Map<String, ContainerShare> shares = new HashMap<>();
        /**
         * How many processes were read to find the oldest ones, by outermost container: at most {@link #MOST_PROCESSES} of it
         * and all nested in it, and a few of each. The rate of new containers applies later, and to fewer.
         */
        private final Map<String, Integer> read = new HashMap<>();

        /** Outermost containers that are left out, or of which nested ones are. */
        private final Set<String> cut = new HashSet<>();
        /** The next {@link HostScanner#waiting}. */
        private final Set<String> refused = new LinkedHashSet<>();
        /** Those of {@link #refused} with a cgroup. */
        private final List<ObservedContainer> late = new ArrayList<>();
        /** Whether a cgroup has a living process whose namespace neither this scan nor an earlier one could read. */
        private boolean unread;
        /** Whether a container was left out because the host has too many. */
        private boolean tooMany;

        Scan(HostView before) {
            this.before = before;
        }

        HostView view(boolean addressesToo) {
            if (root.loss().isEmpty()) {
                cut.addAll(tree.visitGroups(group -> observe(group).ifPresent(this::add)));
            }
            boolean allNamed = docker.map(this::observeDocker).orElse(true);
            before.containers().forEach(this::keepUnlessEnded);
            addStarted();
            Ancestry.Scan descents =
                    ancestry.map(lines -> lines.scan(this::hasGroup)).orElse(Ancestry.Scan.NOTHING);
            List<Ancestry.FirstProcess> firstProcesses = withShares(descents.firstProcesses());
            logCut();
            waiting = refused;
            return new HostView(
                    found,
                    namespaces.of(found.values(), before.namespaces(), addressesToo),
                    namespaces.host(),
                    firstProcesses,
                    new HostView.Waiting(
                            late,
                            descents.firstProcesses().stream()
                                    .filter(first ->
                                            refused.contains(first.container().id()))
                                    .toList()),
                    missing(allNamed && descents.whole() && !unread && !tooMany));
        }

        private void add(ObservedContainer seen) {
            boolean known = before.container(seen.id())
                    .filter(last -> last.container().equals(seen.container()))
                    .isPresent();
            if (known) {
                keep(seen);
            } else if (ContainerPath.isNested(seen.id())) {
                started.put(seen.id(), seen);
            } else {
                addNew(seen);
            }
        }

        /** Those that wait come first: containers that start and end all the time would displace a lasting one. */
        private void addStarted() {
            waiting.stream()
                    .flatMap(id -> Optional.ofNullable(started.get(id)).stream())
                    .forEach(this::addNew);
            started.values().stream()
                    .filter(seen -> !waiting.contains(seen.id()))
                    .forEach(this::addNew);
        }

        private void addNew(ObservedContainer seen) {
            if (found.size() >= most) {
                tooMany = true;
            } else if (hasShareAnew(seen.id())) {
                found.put(seen.id(), seen);
            } else if (refused.contains(seen.id())) {
                late.add(seen);
            }
        }

        /** Whether the container has a cgroup, although it may be left out. */
        private boolean hasGroup(String id) {
            return found.containsKey(id) || started.containsKey(id) || refused.contains(id);
        }

        /** Adds a container of the scan before, which had room for it. */
        private void keep(ObservedContainer seen) {
            boolean ignored = hasShare(seen.id());
            found.put(seen.id(), seen);
        }

        private boolean hasShare(String id) {
            if (!ContainerPath.isNested(id)) {
                return true;
            }
            String outermost = ContainerPath.outermost(id);
            boolean has =
                    shares.computeIfAbsent(outermost, first -> ofHost.share()).takesNested(id);
            if (!has) {
                cut.add(outermost);
            }
            return has;
        }

        /** The same for a container that the scan before did not have. */
        private boolean hasShareAnew(String id) {
            if (!hasShare(id)) {
                return false;
            }
            if (!starts.accepts(ContainerPath.outermost(id))) {
                cut.add(ContainerPath.outermost(id));
                refused.add(id);
                return false;
            }
            return true;
        }

        /** One line for each outermost container, as long as it runs. */
        private void logCut() {
            logged.removeIf(outermost -> !found.containsKey(outermost) && !cut.contains(outermost));
            for (String outermost : cut) {
                if (logged.add(outermost)) {
                    LOG.log(
                            Level.WARNING,
                            "nested containers are too many, start too often or have too long ids, or the container starts too often, the rest is not served containerId={0} most={1} mostPerSecond={2}",
                            outermost,
                            ContainerShare.MAX_NESTED,
                            ContainerStarts.PER_SECOND);
                }
            }
        }

        private List<Ancestry.FirstProcess> withShares(List<Ancestry.FirstProcess> all) {
            Set<Container> known = all.isEmpty() ? Set.of() : before.all();
            return all.stream()
                    .sorted(Comparator.comparing(
                            first -> !waiting.contains(first.container().id())))
                    .sorted(Comparator.comparing(first -> !known.contains(first.container())))
                    .filter(first -> known.contains(first.container())
                            ? hasShare(first.container().id())
                            : hasShareAnew(first.container().id()))
                    .toList();
        }

        private Optional<ObservedContainer> observe(ContainerGroup group) {
            long[] processes = tree.processes(group, MOST_PROCESSES);
            Optional<ObservedContainer> same = before.container(group.id())
                    .filter(known -> known.group().inode() == group.inode()
                            && !hasEnded(known)
                            && (LongStream.of(processes).anyMatch(pid -> pid == known.firstPid()) || !hasLeft(known)));
            return same.map(known -> known.in(group))
                    .or(() -> oldest(group, processes))
                    .flatMap(this::withNetwork);
        }

        private Optional<ObservedContainer> oldest(ContainerGroup group, long[] processes) {
            String outermost = ContainerPath.outermost(group.id());
            int before = read.getOrDefault(outermost, 0);
            int most = Math.min(processes.length, Math.max(FEW_PROCESSES, MOST_PROCESSES - before));
            read.put(outermost, before + most);
            return LongStream.of(processes)
                    .limit(most)
                    .boxed()
                    .flatMap(pid -> proc.startUnlessEnded(pid).stream()
                            .mapToObj(start -> new ObservedContainer(
                                    new Container(group.id(), start), group, pid, 0, OptionalLong.empty())))
                    .min(Comparator.comparingLong(
                                    (ObservedContainer s) -> s.container().startTicks())
                            .thenComparingLong(ObservedContainer::firstPid));
        }

        /** A name in Docker never replaces a container in Mesos's own part of the hierarchy. */
        private boolean observeDocker(DockerContainers containers) {
            DockerContainers.Scan scan = containers.scan();
            scan.running().stream().filter(seen -> !hasGroup(seen.id())).forEach(seen -> withNetwork(seen)
                    .ifPresent(whole -> found.put(whole.id(), whole)));
            return scan.whole();
        }

        /**
         * Keeps a container whose cgroup the scan did not find unless it has ended: the hierarchy may be unmounted or
         * covered. If Docker's cgroup is there, the scan of Docker's containers has decided.
         */
        private void keepUnlessEnded(ObservedContainer known) {
            if (!hasGroup(known.id())
                    && !hasEnded(known)
                    && (tree.isMesosCgroup(known.group()) || !tree.isSame(known.group()))
                    && (root.loss().isPresent() || !hasLeft(known))) {
                withNetwork(unlisted(known)).ifPresent(this::keep);
            }
        }

        /** Without the cgroups below its own if they are not read: others may use the share of its outermost container. */
        private ObservedContainer unlisted(ObservedContainer known) {
            ContainerGroup group = known.group();
            return ContainerPath.isNested(known.id()) && cut.contains(ContainerPath.outermost(known.id()))
                    ? known.in(new ContainerGroup(group.id(), group.directory(), group.processes(), group.inode()))
                    : known;
        }

        /**
         * Adds namespace and class. The namespace is read on every scan, since a container's first process enters it
         * some time after its start. The class is read until it is set: Mesos sets it once, and a wrong one would only
         * make the search longer.
         *
         * <p>A namespace that can't be read ends no container whose first process has not ended: it keeps the namespace
         * of the previous scan.
         */
        private Optional<ObservedContainer> withNetwork(ObservedContainer seen) {
            OptionalLong namespace = proc.networkNamespace(seen.firstPid());
            if (namespace.isPresent()) {
                return Optional.of(in(namespace.getAsLong(), seen));
            }
            if (hasEnded(seen)) {
                return Optional.empty();
            }
            Optional<ObservedContainer> known =
                    before.container(seen.id()).filter(last -> last.container().equals(seen.container()));
            unread |= known.isEmpty();
            return known.map(last -> in(last.namespace(), seen));
        }
    }

    private ObservedContainer in(long namespace, ObservedContainer seen) {
        return new ObservedContainer(
                seen.container(),
                seen.group(),
                seen.firstPid(),
                namespace,
                seen.netClass().isPresent() ? seen.netClass() : classes.of(seen.id()));
    }

    private boolean hasEnded(ObservedContainer known) {
        return proc.hasEnded(known.firstPid(), known.container().startTicks());
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

    /**
     * The reason why a container may be missing. With ancestry containers need no cgroup, and Docker's have other ones,
     * so the root may be absent permanently.
     */
    private Optional<String> missing(boolean whole) {
        if (!whole) {
            return Optional.of("not all containers are known yet");
        }
        return ancestry.isPresent() || docker.isPresent() ? root.loss() : root.objection();
    }
}
