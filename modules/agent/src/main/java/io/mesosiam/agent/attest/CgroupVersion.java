package io.mesosiam.agent.attest;

import java.util.List;
import java.util.Optional;

/**
 * Which of Mesos's two cgroup layouts a host has. Mesos refuses a host that mixes them.
 *
 * <ul>
 *   <li>{@link #V1}: {@code /mesos/CID}, nested {@code /mesos/PARENT/mesos/CHILD}. Nested containers share their parent's
 *       group in every hierarchy but the freezer's, so that is the one to read.
 *   <li>{@link #V2}: the same with processes one level deeper, in {@code /mesos/CID/leaf}.
 * </ul>
 */
public enum CgroupVersion {
    V1,
    V2;

    /** What Mesos puts between a container's group and those nested in it, whatever {@code --cgroups_root} says. */
    static final String SEPARATOR = "mesos";

    /** Where a container's processes are on v2; its other groups only hold groups. */
    static final String LEAF = "leaf";

    /**
     * The path of a process's group in the hierarchy that tells containers apart, out of {@code /proc/PID/cgroup} (cgroups(7):
     * {@code hierarchy:controllers:path} on each line).
     */
    Optional<String> groupOf(String procCgroup) {
        return procCgroup
                .lines()
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
