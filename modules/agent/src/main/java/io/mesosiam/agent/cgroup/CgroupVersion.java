package io.mesosiam.agent.cgroup;

import io.mesosiam.agent.proc.KernelFile;
import java.util.List;
import java.util.Optional;

/**
 * Mesos's cgroup layout on this host, one of two. Mesos refuses a host that mixes them.
 * <ul>
 * <li>{@link #V1}: {@code /mesos/CID}, nested {@code /mesos/PARENT/mesos/CHILD}. Nested containers share their parent's
 * cgroup in every hierarchy except the freezer's, so the agent reads that one.
 * <li>{@link #V2}: the same with processes one level deeper, in {@code /mesos/CID/leaf}.
 * </ul>
 */
public enum CgroupVersion {
    V1,
    V2;

    /**
     * The directory that Mesos puts between a container's cgroup and those nested in it, whatever
     * {@code --cgroups_root} is.
     */
    public static final String SEPARATOR = "mesos";

    /** The cgroup of a container's processes on v2. A container's other cgroups contain only cgroups. */
    public static final String LEAF = "leaf";

    /**
     * The path of a process's cgroup in this hierarchy, from {@code /proc/PID/cgroup} (cgroups(7):
     * {@code hierarchy:controllers:path} on each line).
     */
    public Optional<String> groupOf(String procCgroup) {
        return KernelFile.lines(procCgroup).stream()
                .map(line -> line.split(":", 3))
                .filter(field -> field.length == 3 && isOurs(field[0], field[1]))
                .map(field -> field[2])
                .findFirst();
    }

    private boolean isOurs(String hierarchy, String controllers) {
        return switch (this) {
            case V1 -> List.of(controllers.split(",", -1)).contains("freezer");
            case V2 -> hierarchy.equals("0") && controllers.isEmpty();
        };
    }
}
