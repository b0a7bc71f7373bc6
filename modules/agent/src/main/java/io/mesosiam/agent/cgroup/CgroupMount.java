package io.mesosiam.agent.cgroup;

import io.mesosiam.agent.proc.KernelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The mount point of the hierarchy in which each container has its own cgroup. */
record CgroupMount(CgroupVersion version, Path path) {
    /** The mounts that this process sees, as text for {@link #parse}. */
    static String mountinfo(Path proc) {
        try {
            return KernelFile.read(proc.resolve("self/mountinfo"));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the list of mounts", e);
        }
    }

    /**
     * Parses {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)): six fields, of which the fifth is the mount point,
     * then optional fields up to a single {@code -}, then file system type, source and super block options.
     */
    static Optional<CgroupMount> parse(String mountinfo) {
        return ofController("freezer", mountinfo)
                .map(path -> new CgroupMount(CgroupVersion.V1, path))
                .or(() -> mounts(mountinfo)
                        .filter(mount -> mount.type().equals("cgroup2"))
                        .map(mount -> new CgroupMount(CgroupVersion.V2, Path.of(mount.path())))
                        .findFirst());
    }

    /** The mount point of a controller's hierarchy of cgroups v1. */
    static Optional<Path> ofController(String controller, String mountinfo) {
        return mounts(mountinfo)
                .filter(mount ->
                        mount.type().equals("cgroup") && mount.options().contains(controller))
                .map(mount -> Path.of(mount.path()))
                .findFirst();
    }

    /** Whether the root of a controller's hierarchy of cgroups v1 is mounted, not only a part of it. */
    static boolean isWhole(String controller, String mountinfo) {
        return mounts(mountinfo)
                .anyMatch(mount -> mount.type().equals("cgroup")
                        && mount.options().contains(controller)
                        && mount.root().equals("/"));
    }

    /** The mount point at which the root of cgroups v2 is, not only a part of it. */
    static Optional<Path> rootOfV2(String mountinfo) {
        return mounts(mountinfo)
                .filter(mount -> mount.type().equals("cgroup2") && mount.root().equals("/"))
                .map(mount -> Path.of(mount.path()))
                .findFirst();
    }

    private static Stream<Mount> mounts(String mountinfo) {
        return KernelFile.lines(mountinfo).stream().map(CgroupMount::mount).flatMap(Optional::stream);
    }

    private static Optional<Mount> mount(String line) {
        int separator = line.indexOf(" - ");
        if (separator < 0) {
            return Optional.empty();
        }
        String[] mount = line.substring(0, separator).split(" ", -1);
        String[] system = line.substring(separator + 3).split(" ", -1);
        return mount.length < 6 || system.length < 3
                ? Optional.empty()
                : Optional.of(new Mount(system[0], mount[3], mount[4], List.of(system[2].split(",", -1))));
    }

    /**
     * A mount.
     *
     * @param root what of the file system is mounted
     * @param path the mount point as text: that of another file system may be no path in this program's encoding
     */
    private record Mount(String type, String root, String path, List<String> options) {}
}
