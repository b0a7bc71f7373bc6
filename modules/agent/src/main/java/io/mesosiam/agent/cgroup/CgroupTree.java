package io.mesosiam.agent.cgroup;

import io.mesosiam.agent.proc.KernelFile;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Mesos's part of the cgroup hierarchy, read again on every call: which containers have a cgroup, and which processes
 * are in it.
 */
public final class CgroupTree {
    /** The most containers of one host, and the most of Docker: far more than one host runs. */
    public static final int MAX_CONTAINERS = 20_000;

    /** Of a line with a pid: the kernel's largest has seven digits. */
    private static final int MAX_LINE = 8;

    private final CgroupConfig config;

    public CgroupTree(CgroupConfig config) {
        this.config = config;
    }

    /** The directory of the cgroups of Mesos's containers. */
    Path root() {
        return config.mesosGroup();
    }

    /** The root's directory; empty if it does not exist. */
    Optional<CgroupDirectory> rootDirectory() {
        return CgroupDirectory.at(root());
    }

    /**
     * Visits the cgroup of every container, parents before nested ones, with or without processes. Of each outermost
     * container, as many nested ones as it has a share for.
     *
     * @return the ids of the outermost containers of which some nested ones were left out
     */
    public Set<String> visitGroups(Consumer<ContainerGroup> visitor) {
        Set<String> cut = new HashSet<>();
        ContainerShare.OfHost shares = new ContainerShare.OfHost();
        rootDirectory()
                .ifPresent(root -> CgroupDirectory.forEachEntry(root, child -> {
                    Visit visit = new Visit(visitor, shares.share());
                    String id = child.getFileName().toString();
                    CgroupDirectory.at(child).ifPresent(own -> visit.group(own, id, 1));
                    if (visit.share.isExceeded()) {
                        cut.add(id);
                    }
                    return true;
                }));
        return cut;
    }

    /** The visit of one outermost container and those nested in it. */
    private final class Visit {
        private final Consumer<ContainerGroup> visitor;
        private final ContainerShare share;

        Visit(Consumer<ContainerGroup> visitor, ContainerShare share) {
            this.visitor = visitor;
            this.share = share;
        }

        void group(CgroupDirectory own, String id, int depth) {
            if (!ContainerPath.isSegment(own.path().getFileName().toString())) {
                return;
            }
            Optional<ContainerGroup> group = CgroupTree.this.group(id, own, share);
            group.ifPresent(visitor);
            if (depth < ContainerPath.MAX_DEPTH && mayHaveNested(own, group)) {
                CgroupDirectory.at(own.path().resolve(CgroupVersion.SEPARATOR))
                        .ifPresent(nested -> groupsIn(nested, id, depth + 1));
            }
        }

        private void groupsIn(CgroupDirectory separator, String parent, int depth) {
            if (!separator.hasChildren()) {
                return;
            }
            CgroupDirectory.forEachEntry(separator, child -> {
                String id = parent + "/" + child.getFileName();
                // a directory that can't be a container's takes a part, too: there may be any number of them
                Optional<CgroupDirectory> own = CgroupDirectory.at(child);
                boolean isRead = own.isPresent() && share.takesNested(id);
                if (isRead) {
                    group(own.get(), id, depth);
                }
                return own.isEmpty() || isRead || !share.isFull();
            });
        }
    }

    /**
     * Whether there is anything to list: to open a missing directory takes longer than all else that is read of a cgroup.
     * Mesos makes a container's leaf before its nested containers, and removes it after them.
     */
    private boolean mayHaveNested(CgroupDirectory own, Optional<ContainerGroup> group) {
        boolean hasLeaf = config.version() == CgroupVersion.V2 && group.isPresent();
        return own.hasChildrenBeside(hasLeaf ? 1 : 0);
    }

    private Optional<ContainerGroup> group(String id, CgroupDirectory own, ContainerShare share) {
        Path directory = own.path();
        Path nested = directory.resolve(CgroupVersion.SEPARATOR);
        return switch (config.version()) {
            case V1 ->
                Optional.of(new ContainerGroup(
                        id, directory, directory, own.inode(), own.below(child -> !child.equals(nested), share)));
            case V2 -> {
                Path leaf = directory.resolve(CgroupVersion.LEAF);
                yield CgroupDirectory.at(leaf)
                        .map(found -> new ContainerGroup(
                                id, directory, leaf, found.inode(), found.below(every -> true, share)));
            }
        };
    }

    /** Whether the cgroup is still the same one: neither removed nor replaced by another of the same name. */
    public boolean isSame(ContainerGroup group) {
        return CgroupDirectory.at(group.processes())
                .filter(now -> now.inode() == group.inode())
                .isPresent();
    }

    /**
     * Whether other processes than those of this container can be in a network namespace in which no other known
     * container is, at this moment. These can be processes of nested containers, and for Docker's containers of any
     * container that joined the network. A cgroup that can't be read, as while the hierarchy is unmounted, counts as
     * one with nested containers.
     */
    public boolean mayShareNetwork(ContainerGroup group) {
        return !isMesosCgroup(group) || !isSame(group) || hasNested(group);
    }

    private static boolean hasNested(ContainerGroup group) {
        return CgroupDirectory.at(group.directory().resolve(CgroupVersion.SEPARATOR))
                .filter(CgroupDirectory::hasChildren)
                .isPresent();
    }

    /**
     * The processes in the cgroup and in those below it; none once they are gone. Only processes, not threads. As numbers,
     * not as objects: 64 requests at a time keep them as long as they search.
     *
     * @param most how many are read: a container may have millions
     */
    public long[] processes(ContainerGroup group, int most) {
        long[] all = processes(group.processes(), group.inode(), most);
        for (CgroupDirectory inner : group.below()) {
            if (all.length < most) {
                long[] more = processes(inner.path(), inner.inode(), most - all.length);
                int before = all.length;
                all = Arrays.copyOf(all, before + more.length);
                System.arraycopy(more, 0, all, before, more.length);
            }
        }
        return all;
    }

    private static long[] processes(Path group, long inode, int most) {
        Path list = group.resolve("cgroup.procs");
        try {
            return KernelFile.firstLines(list, most * MAX_LINE).stream()
                    .limit(most)
                    .mapToLong(Long::parseLong)
                    // 0 stands for a process outside of the agent's pid namespace
                    .filter(pid -> pid > 0)
                    .toArray();
        } catch (IOException e) {
            // too few descriptors or too little memory must not look like an empty list, which would end the container
            if (Files.notExists(list) || isThreaded(group) || CgroupDirectory.isGone(group, inode)) {
                return new long[0];
            }
            throw new UncheckedIOException("can't read the processes of " + group, e);
        }
    }

    /**
     * Whether this is a cgroup for threads, which a task can make inside its own on v2. The kernel lists their
     * processes in the cgroup above them.
     */
    private static boolean isThreaded(Path group) {
        try {
            String type = KernelFile.read(group.resolve("cgroup.type")).strip();
            return type.equals("threaded") || type.equals("domain invalid");
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Whether a process is in a container's cgroup, according to the process's own {@code /proc/PID/cgroup}. */
    public boolean contains(ContainerGroup group, long pid, ProcFs proc) {
        // on v1 a thread that is ending is in no container's cgroup, so a thread in one is not ending
        if (config.version() == CgroupVersion.V1
                && proc.firstThreadsCgroups(pid)
                        .filter(cgroups -> contains(group, cgroups))
                        .isPresent()) {
            return true;
        }
        return proc.cgroups(pid).filter(cgroups -> contains(group, cgroups)).isPresent();
    }

    /** Whether the text of a process's {@code /proc/PID/cgroup} names a container's cgroup. */
    public boolean contains(ContainerGroup group, String cgroups) {
        return config.version()
                .groupOf(cgroups)
                .filter(path -> isMesosCgroup(group) ? isCgroupOf(path, group.id()) : path.equals(pathOf(group)))
                .isPresent();
    }

    private boolean isCgroupOf(String path, String id) {
        return ContainerPath.containerOf(path, config.version(), config.cgroupRoot())
                .filter(id::equals)
                .isPresent();
    }

    /** Whether the cgroup is below the root of Mesos's containers. */
    public boolean isMesosCgroup(ContainerGroup group) {
        return group.directory().startsWith(config.mesosGroup());
    }

    private String pathOf(ContainerGroup group) {
        return "/" + config.hierarchy().relativize(group.processes());
    }

    /**
     * All cgroups whose names have the form of Docker's containers, one or two levels below the root of the hierarchy.
     * Docker's containers are at these levels by default, and with most values of {@code --cgroup-parent}.
     */
    public List<DockerGroup> dockerGroups() {
        List<DockerGroup> found = new ArrayList<>();
        CgroupDirectory.at(config.hierarchy())
                .ifPresent(top -> CgroupDirectory.forEachEntry(top, parent -> {
                    if (!parent.equals(config.mesosGroup())) {
                        CgroupDirectory.at(parent)
                                .filter(CgroupDirectory::hasChildren)
                                .ifPresent(own -> addDockerGroups(own, found));
                    }
                    return found.size() < MAX_CONTAINERS;
                }));
        return found;
    }

    private static void addDockerGroups(CgroupDirectory parent, List<DockerGroup> found) {
        CgroupDirectory.forEachEntry(parent, child -> {
            dockerGroup(child).ifPresent(found::add);
            return found.size() < MAX_CONTAINERS;
        });
    }

    private static Optional<DockerGroup> dockerGroup(Path directory) {
        return ContainerPath.dockerIdOf(directory.getFileName().toString())
                .flatMap(id -> CgroupDirectory.at(directory).map(own -> new DockerGroup(id, directory, own.inode())));
    }
}
