package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mesos's part of the cgroup hierarchy, read afresh on every call: which containers have a group, and which processes are in it. */
final class CgroupTree {
    /** Far above what one host runs; whoever can make more groups than this is root on the host. */
    private static final int MAX_CONTAINERS = 20_000;

    /** A directory's links are its own two and one for each directory in it; cgroupfs keeps the count. */
    private static final int LINKS_WITHOUT_CHILDREN = 2;

    private final AttestConfig config;

    CgroupTree(AttestConfig config) {
        this.config = config;
    }

    /** Every container's group, parents before those nested in them, with or without processes. */
    List<ContainerGroup> groups() {
        List<ContainerGroup> found = new ArrayList<>();
        collect(config.mesosGroup(), "", 1, found);
        return found;
    }

    private void collect(Path directory, String parent, int depth, List<ContainerGroup> found) {
        for (Path child : children(directory)) {
            String name = child.getFileName().toString();
            if (found.size() >= MAX_CONTAINERS || depth > ContainerPath.MAX_DEPTH) {
                return;
            }
            Optional<Directory> own = ContainerPath.isSegment(name) ? stat(child) : Optional.empty();
            if (own.isEmpty()) {
                continue;
            }
            String id = parent.isEmpty() ? name : parent + "/" + name;
            group(id, child, own.get()).ifPresent(found::add);
            if (own.get().links() > LINKS_WITHOUT_CHILDREN) {
                collect(child.resolve(CgroupVersion.SEPARATOR), id, depth + 1, found);
            }
        }
    }

    private Optional<ContainerGroup> group(String id, Path directory, Directory own) {
        return switch (config.version()) {
            case V1 -> Optional.of(new ContainerGroup(id, directory, directory, own.inode()));
            case V2 -> {
                Path leaf = directory.resolve(CgroupVersion.LEAF);
                yield stat(leaf).map(found -> new ContainerGroup(id, directory, leaf, found.inode()));
            }
        };
    }

    /** Whether the group is still the one that was found, not gone and not another of the same name. */
    boolean isSame(ContainerGroup group) {
        return stat(group.processes())
                .filter(now -> now.inode() == group.inode())
                .isPresent();
    }

    /**
     * Whether processes of others than this container can be in a network namespace that no other known container is in, at this
     * moment: of containers nested in it, and, since Docker lets any container join another's network, of whatever joined one of
     * Docker's.
     */
    boolean mayShareNetwork(ContainerGroup group) {
        return !isMesoss(group) || hasNested(group);
    }

    private static boolean hasNested(ContainerGroup group) {
        return stat(group.directory().resolve(CgroupVersion.SEPARATOR))
                .filter(nested -> nested.links() > LINKS_WITHOUT_CHILDREN)
                .isPresent();
    }

    /** The processes in the group; none once it is gone. Threads don't show. */
    List<Long> processes(ContainerGroup group) {
        try {
            return KernelFile.read(group.processes().resolve("cgroup.procs"))
                    .lines()
                    .map(Long::valueOf)
                    // 0 stands for a process that our pid namespace can't see
                    .filter(pid -> pid > 0)
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Whether a process is in a container's group by its own account of itself. */
    boolean contains(ContainerGroup group, long pid, ProcFs proc) {
        return proc.cgroups(pid)
                .flatMap(config.version()::groupOf)
                .filter(path -> isMesoss(group) ? isMesoss(path, group.id()) : path.equals(pathOf(group)))
                .isPresent();
    }

    private boolean isMesoss(String path, String id) {
        return ContainerPath.containerOf(path, config.version(), config.cgroupRoot())
                .filter(id::equals)
                .isPresent();
    }

    private boolean isMesoss(ContainerGroup group) {
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
        for (Path parent : children(config.hierarchy())) {
            if (!parent.equals(config.mesosGroup())
                    && stat(parent)
                            .filter(own -> own.links() > LINKS_WITHOUT_CHILDREN)
                            .isPresent()) {
                children(parent).forEach(child -> dockerGroup(child).ifPresent(found::add));
            }
        }
        return found.size() <= MAX_CONTAINERS ? found : found.subList(0, MAX_CONTAINERS);
    }

    private static Optional<DockerGroup> dockerGroup(Path directory) {
        return ContainerPath.dockerIdOf(directory.getFileName().toString())
                .flatMap(id -> stat(directory).map(own -> new DockerGroup(id, directory, own.inode())));
    }

    private static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(children::add);
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (DirectoryIteratorException | IOException e) {
            // removed while we read it: ENODEV. Anything else must not look like "no containers", which would end them
            // all
            if (Files.exists(directory)) {
                throw new UncheckedIOException(
                        "can't list " + directory, e instanceof IOException io ? io : new IOException(e));
            }
            return List.of();
        }
        return children;
    }

    private static Optional<Directory> stat(Path path) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
            return found.get("isDirectory") instanceof Boolean directory
                            && directory
                            && found.get("ino") instanceof Long inode
                            && found.get("nlink") instanceof Integer links
                    ? Optional.of(new Directory(inode, links))
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private record Directory(long inode, int links) {}
}
