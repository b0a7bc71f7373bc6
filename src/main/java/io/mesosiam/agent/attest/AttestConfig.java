package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where to find the facts.
 *
 * @param version the layout of Mesos's cgroups on this host
 * @param hierarchy mount point of the freezer hierarchy (v1) or of the unified one (v2)
 * @param netCls mount point of the net_cls hierarchy, where there is one (v1)
 * @param cgroupRoot Mesos's {@code --cgroups_root}, below the mount point
 * @param proc mount point of procfs; must show the processes of all containers
 * @param destinations where containers believe they connect to when connections are redirected to the agent, such as
 *     {@code 169.254.170.2:80}: after a redirect the asking end's socket still names this address, not the agent's
 */
public record AttestConfig(
        CgroupVersion version,
        Path hierarchy,
        Optional<Path> netCls,
        String cgroupRoot,
        Path proc,
        List<InetSocketAddress> destinations) {
    /** Mesos's own default. */
    public static final String DEFAULT_CGROUP_ROOT = "mesos";

    public static final Path DEFAULT_PROC = Path.of("/proc");

    private static final int MAX_DESTINATIONS = 16;

    public AttestConfig {
        if (cgroupRoot.isEmpty() || cgroupRoot.startsWith("/") || cgroupRoot.endsWith("/")) {
            throw new IllegalArgumentException("cgroup root must be a path without a slash at its ends");
        }
        if (destinations.size() > MAX_DESTINATIONS) {
            throw new IllegalArgumentException("more than " + MAX_DESTINATIONS + " destinations");
        }
        if (destinations.stream().anyMatch(InetSocketAddress::isUnresolved)) {
            throw new IllegalArgumentException("a destination must be an address, not a name");
        }
        destinations = List.copyOf(destinations);
    }

    /**
     * Finds the hierarchy as Mesos does: the freezer's where cgroups v1 are mounted, else the unified one.
     *
     * @throws IllegalStateException if neither is mounted
     */
    public static AttestConfig detect(String cgroupRoot, List<InetSocketAddress> destinations) {
        String mounts = CgroupMount.mountinfo(DEFAULT_PROC);
        CgroupMount mount = CgroupMount.parse(mounts)
                .orElseThrow(() -> new IllegalStateException(
                        "no cgroup hierarchy is mounted: neither the freezer's of cgroups v1 nor cgroups v2"));
        return new AttestConfig(
                mount.version(),
                mount.path(),
                CgroupMount.ofController("net_cls", mounts),
                cgroupRoot,
                DEFAULT_PROC,
                destinations);
    }

    /** Mesos's root group in the hierarchy. */
    Path mesosGroup() {
        return hierarchy.resolve(cgroupRoot);
    }
}
