package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Mesos's part of the cgroup hierarchy, read afresh on every call: which containers have a group, and which processes are in it. */
final class CgroupTree {
    /** Far above what one host runs; whoever can make more groups than this is root on the host. */
    private static final int MAX_CONTAINERS = 20_000;

    private final AttestConfig config;

    CgroupTree(AttestConfig config) {
        this.config = config;
    }

    /** Where the groups of Mesos's containers are, as this host mounts it. */
    Path root() {
        return config.mesosGroup();
    }

    /** The root's directory; empty while there is none. */
    Optional<CgroupDirectory> rootDirectory() {
        return CgroupDirectory.at(root());
    }

    /** Every container's group, parents before those nested in them, with or without processes. */
    List<ContainerGroup> groups() {
        List<ContainerGroup> found = new ArrayList<>();
        collect(config.mesosGroup(), "", 1, found);
        return found;
    }

    private void collect(Path directory, String parent, int depth, List<ContainerGroup> found) {
        for (Path child : CgroupDirectory.children(directory)) {
            String name = child.getFileName().toString();
            if (found.size() >= MAX_CONTAINERS || depth > ContainerPath.MAX_DEPTH) {
                return;
            }
            Optional<CgroupDirectory> own =
                    ContainerPath.isSegment(name) ? CgroupDirectory.at(child) : Optional.empty();
            if (own.isEmpty()) {
                continue;
            }
            String id = parent.isEmpty() ? name : parent + "/" + name;
            group(id, child, own.get()).ifPresent(found::add);
            if (own.get().hasChildren()) {
                collect(child.resolve(CgroupVersion.SEPARATOR), id, depth + 1, found);
            }
        }
    }

    private Optional<ContainerGroup> group(String id, Path directory, CgroupDirectory own) {
        Path nested = directory.resolve(CgroupVersion.SEPARATOR);
        return switch (config.version()) {
            case V1 ->
                Optional.of(new ContainerGroup(
                        id, directory, directory, own.inode(), own.below(child -> !child.equals(nested))));
            case V2 -> {
                Path leaf = directory.resolve(CgroupVersion.LEAF);
                yield CgroupDirectory.at(leaf)
                        .map(found ->
                                new ContainerGroup(id, directory, leaf, found.inode(), found.below(every -> true)));
            }
        };
    }

    /** Whether the group is still the one that was found, not gone and not another of the same name. */
    boolean isSame(ContainerGroup group) {
        return CgroupDirectory.at(group.processes())
                .filter(now -> now.inode() == group.inode())
                .isPresent();
    }

    /**
     * Whether processes of others than this container can be in a network namespace that no other known container is in, at this
     * moment: of containers nested in it, and, since Docker lets any container join another's network, of whatever joined one of
     * Docker's. A group that can't be seen, as while the hierarchy is unmounted, may have any nested in it.
     */
    boolean mayShareNetwork(ContainerGroup group) {
        return !isMesoss(group) || !isSame(group) || hasNested(group);
    }

    private static boolean hasNested(ContainerGroup group) {
        return CgroupDirectory.at(group.directory().resolve(CgroupVersion.SEPARATOR))
                .filter(CgroupDirectory::hasChildren)
                .isPresent();
    }

    /** The processes in the group and in those below it; none once they are gone. Threads don't show. */
    List<Long> processes(ContainerGroup group) {
        List<Long> own = processes(group.processes());
        return group.below().isEmpty()
                ? own
                : Stream.concat(own.stream(), group.below().stream().flatMap(inner -> processes(inner.path()).stream()))
                        .toList();
    }

    private static List<Long> processes(Path group) {
        Path list = group.resolve("cgroup.procs");
        try {
            return KernelFile.read(list)
                    .lines()
                    .map(Long::valueOf)
                    // 0 stands for a process that our pid namespace can't see
                    .filter(pid -> pid > 0)
                    .toList();
        } catch (IOException e) {
            // too few descriptors or too little memory must not look like "no processes", which would end the container
            if (Files.notExists(list) || isThreaded(group)) {
                return List.of();
            }
            throw new UncheckedIOException("can't read the processes of " + group, e);
        }
    }

    /** On v2 a task can make groups for threads inside its own; the kernel lists their processes in the group above them. */
    private static boolean isThreaded(Path group) {
        try {
            String type = KernelFile.read(group.resolve("cgroup.type")).strip();
            return type.equals("threaded") || type.equals("domain invalid");
        } catch (IOException notSaid) {
            return false;
        }
    }

    /** Whether a process is in a container's group by its own account of itself. */
    boolean contains(ContainerGroup group, long pid, ProcFs proc) {
        // on v1 a thread that is ending is in no container's group, so what is in one is not ending
        if (config.version() == CgroupVersion.V1
                && proc.firstThreadsCgroups(pid)
                        .filter(cgroups -> contains(group, cgroups))
                        .isPresent()) {
            return true;
        }
        return proc.cgroups(pid).filter(cgroups -> contains(group, cgroups)).isPresent();
    }

    /** Whether the text of a process's {@code /proc/PID/cgroup} names a container's group. */
    boolean contains(ContainerGroup group, String cgroups) {
        return config.version()
                .groupOf(cgroups)
                .filter(path -> isMesoss(group) ? isMesoss(path, group.id()) : path.equals(pathOf(group)))
                .isPresent();
    }

    private boolean isMesoss(String path, String id) {
        return ContainerPath.containerOf(path, config.version(), config.cgroupRoot())
                .filter(id::equals)
                .isPresent();
    }

    /** Whether the group is below the root of Mesos's containers. */
    boolean isMesoss(ContainerGroup group) {
        return group.directory().startsWith(config.mesosGroup());
    }

    private String pathOf(ContainerGroup group) {
        return "/" + config.hierarchy().relativize(group.processes());
    }

    /**
     * Every group that is named as Docker names its containers', one or two levels below the root of the hierarchy: there they are unless
     * a {@code --cgroup-parent} says otherwise, and below most of those too.
     */
    List<DockerGroup> dockerGroups() {
        List<DockerGroup> found = new ArrayList<>();
        for (Path parent : CgroupDirectory.children(config.hierarchy())) {
            if (!parent.equals(config.mesosGroup())
                    && CgroupDirectory.at(parent)
                            .filter(CgroupDirectory::hasChildren)
                            .isPresent()) {
                CgroupDirectory.children(parent)
                        .forEach(child -> dockerGroup(child).ifPresent(found::add));
            }
        }
        return found.size() <= MAX_CONTAINERS ? found : found.subList(0, MAX_CONTAINERS);
    }

    private static Optional<DockerGroup> dockerGroup(Path directory) {
        return ContainerPath.dockerIdOf(directory.getFileName().toString())
                .flatMap(id -> CgroupDirectory.at(directory).map(own -> new DockerGroup(id, directory, own.inode())));
    }
}
