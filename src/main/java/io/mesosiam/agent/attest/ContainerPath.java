package io.mesosiam.agent.attest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The two ways to write one container's place: Mesos's id path {@code PARENT/CHILD} and its group, such as
 * {@code /mesos/PARENT/mesos/CHILD}.
 */
final class ContainerPath {
    /** Deeper than this nobody nests; the bound keeps a hostile tree from keeping us busy. */
    static final int MAX_DEPTH = 32;

    /** What Mesos lets a scheduler choose, less everything with a meaning in a path. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}");

    private ContainerPath() {}

    static boolean isSegment(String name) {
        return SEGMENT.matcher(name).matches();
    }

    /**
     * Which container the processes of a group belong to.
     *
     * @param group a path as {@code /proc/PID/cgroup} gives it
     * @return empty for every group where Mesos puts no container's processes: outside of its root, between containers, or, on v2,
     *     not exactly a {@code leaf}
     */
    static Optional<String> containerOf(String group, CgroupVersion version, String cgroupRoot) {
        String prefix = "/" + cgroupRoot + "/";
        if (!group.startsWith(prefix)) {
            return Optional.empty();
        }
        String rest = group.substring(prefix.length());
        if (version == CgroupVersion.V2) {
            if (!rest.endsWith("/" + CgroupVersion.LEAF)) {
                return Optional.empty();
            }
            rest = rest.substring(0, rest.length() - CgroupVersion.LEAF.length() - 1);
        }
        return idOf(rest.split("/", -1));
    }

    /** Ids and separators take turns: {@code P}, {@code mesos}, {@code C}. A container may itself be called {@code mesos}. */
    private static Optional<String> idOf(String[] steps) {
        if (steps.length % 2 == 0 || steps.length >= 2 * MAX_DEPTH) {
            return Optional.empty();
        }
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < steps.length; i++) {
            boolean separator = i % 2 == 1;
            if (separator ? !steps[i].equals(CgroupVersion.SEPARATOR) : !isSegment(steps[i])) {
                return Optional.empty();
            }
            if (!separator) {
                ids.add(steps[i]);
            }
        }
        return Optional.of(String.join("/", ids));
    }
}
