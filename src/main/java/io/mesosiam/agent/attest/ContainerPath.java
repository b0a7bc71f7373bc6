package io.mesosiam.agent.attest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ways to write one container's place: Mesos's id path {@code PARENT/CHILD}; its group, such as
 * {@code /mesos/PARENT/mesos/CHILD}; the name and the group of one that Docker runs for Mesos.
 */
public final class ContainerPath {
    /** Deeper than this nobody nests; the bound keeps a hostile tree from keeping us busy. */
    public static final int MAX_DEPTH = 32;

    /** What Mesos lets a scheduler choose, less everything with a meaning in a path. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}");

    /** How Docker names a container's group, with the cgroupfs driver and with systemd's. */
    private static final Pattern DOCKER = Pattern.compile("([0-9a-f]{64})|docker-([0-9a-f]{64})\\.scope");

    /** How Mesos's Docker containerizer names its containers. */
    private static final String MESOS_DOCKER_NAME = "mesos-";

    private ContainerPath() {}

    /** Docker's own id of the container whose group has this name. */
    static Optional<String> dockerIdOf(String group) {
        Matcher docker = DOCKER.matcher(group);
        return docker.matches()
                ? Optional.of(docker.group(1) == null ? docker.group(2) : docker.group(1))
                : Optional.empty();
    }

    /** Mesos's id of the container that has this name in Docker; empty if it isn't one of Mesos's. */
    static Optional<String> mesosIdOf(String dockerName) {
        return Optional.of(dockerName)
                .filter(name -> name.startsWith(MESOS_DOCKER_NAME))
                .map(name -> name.substring(MESOS_DOCKER_NAME.length()))
                .filter(ContainerPath::isSegment);
    }

    /** Whether this can be one container's own id. */
    public static boolean isSegment(String name) {
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
