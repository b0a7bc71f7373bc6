package io.mesosiam.agent.cgroup;

import io.mesosiam.agent.proc.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the agent reads cgroups and processes.
 *
 * @param version the layout of Mesos's cgroups on this host
 * @param hierarchy mount point of the freezer hierarchy (v1) or of the unified one (v2)
 * @param netCls mount point of the net_cls hierarchy, if there is one (v1)
 * @param cgroupRoot Mesos's {@code --cgroups_root}, below the mount point
 * @param proc mount point of procfs; must show the processes of all containers
 */
public record CgroupConfig(CgroupVersion version, Path hierarchy, Optional<Path> netCls, String cgroupRoot, Path proc) {
    /** Mesos's default. */
    public static final String DEFAULT_CGROUP_ROOT = "mesos";

    public static final Path DEFAULT_PROC = Path.of("/proc");

    public CgroupConfig {
        if (cgroupRoot.isEmpty() || cgroupRoot.startsWith("/") || cgroupRoot.endsWith("/")) {
            throw new IllegalArgumentException("cgroup root must be a path without a slash at its ends");
        }
    }

    /**
     * Finds the hierarchy as Mesos does: the freezer's if cgroups v1 are mounted, else the unified one.
     *
     * @throws IllegalStateException if neither is mounted
     */
    public static CgroupConfig detect(String cgroupRoot) {
        String mounts = CgroupMount.mountinfo(DEFAULT_PROC);
        CgroupMount mount = CgroupMount.parse(mounts)
                .orElseThrow(() -> new IllegalStateException(
                        "no cgroup hierarchy is mounted: neither the freezer's of cgroups v1 nor cgroups v2. Mount one at"
                                + " /sys/fs/cgroup, and let the agent see the host's"));
        return new CgroupConfig(
                mount.version(), mount.path(), CgroupMount.ofController("net_cls", mounts), cgroupRoot, DEFAULT_PROC);
    }

    /** The cgroup of a process in this hierarchy, from {@code /proc/PID/cgroup}; empty once the process has ended. */
    public Optional<String> cgroupOf(long pid) {
        try {
            return version.groupOf(KernelFile.read(proc.resolve(pid + "/cgroup")));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** The inode of the cgroup of this process in this hierarchy; empty if it can't be seen. */
    public OptionalLong ownGroup() {
        return cgroupOf(ProcessHandle.current().pid())
                .flatMap(path -> CgroupDirectory.at(hierarchy.resolve(path.substring(1))))
                .map(CgroupDirectory::inode)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /** The mount point of the root of cgroups v2, which can be mounted beside v1, without controllers. */
    public Optional<Path> rootOfV2() {
        return CgroupMount.rootOfV2(CgroupMount.mountinfo(proc));
    }

    /** Whether the whole freezer hierarchy of cgroups v1 is mounted, not only a part of it. */
    public boolean showsWholeFreezer() {
        return CgroupMount.isWhole("freezer", CgroupMount.mountinfo(proc));
    }

    /** The root cgroup of Mesos in the hierarchy. */
    public Path mesosGroup() {
        return hierarchy.resolve(cgroupRoot);
    }
}
