package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where to find the facts.
 *
 * @param version the layout of Mesos's cgroups on this host
 * @param hierarchy mount point of the freezer hierarchy (v1) or of the unified one (v2)
 * @param cgroupRoot Mesos's {@code --cgroups_root}, below the mount point
 * @param proc mount point of procfs; must show the processes of all containers
 * @param destinations where containers believe they connect to when connections are redirected to the agent, such as
 *     {@code 169.254.170.2:80}: after a redirect the asking end's socket still names this address, not the agent's
 */
public record AttestConfig(
        CgroupVersion version, Path hierarchy, String cgroupRoot, Path proc, List<InetSocketAddress> destinations) {
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
        CgroupMount mount = CgroupMount.find(DEFAULT_PROC)
                .orElseThrow(() -> new IllegalStateException(
                        "no cgroup hierarchy is mounted: neither the freezer's of cgroups v1 nor cgroups v2"));
        return new AttestConfig(mount.version(), mount.path(), cgroupRoot, DEFAULT_PROC, destinations);
    }

    /**
     * Takes the hierarchies from where they are said to be mounted, the freezer's if it is there.
     *
     * @param unified where cgroups v2 would be
     * @throws IllegalStateException if neither is there
     */
    public static AttestConfig at(Path freezer, Path unified, String cgroupRoot, List<InetSocketAddress> destinations) {
        if (Files.exists(freezer.resolve("cgroup.procs"))) {
            return new AttestConfig(CgroupVersion.V1, freezer, cgroupRoot, DEFAULT_PROC, destinations);
        }
        if (Files.exists(unified.resolve("cgroup.controllers"))) {
            return new AttestConfig(CgroupVersion.V2, unified, cgroupRoot, DEFAULT_PROC, destinations);
        }
        throw new IllegalStateException("no cgroup hierarchy is mounted: neither the freezer's of cgroups v1 at "
                + freezer + " nor cgroups v2 at " + unified);
    }

    /** Mesos's root group in the hierarchy. */
    Path mesosGroup() {
        return hierarchy.resolve(cgroupRoot);
    }
}
