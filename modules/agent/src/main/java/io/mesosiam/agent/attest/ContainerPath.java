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
     * @return the innermost container that has the group, or that has a group above it, such as one that Docker makes inside of a task.
     *     Empty for every group where no container's processes are: outside of Mesos's root, between containers, or, on v2, neither a
     *     {@code leaf} nor below one
     */
    static Optional<String> containerOf(String group, CgroupVersion version, String cgroupRoot) {
        String prefix = "/" + cgroupRoot + "/";
        if (!group.startsWith(prefix)) {
            return Optional.empty();
        }
        return idOf(List.of(group.substring(prefix.length()).split("/", -1)), version);
    }

    /**
     * Ids and separators take turns: {@code P}, {@code mesos}, {@code C}. A container may itself be called {@code mesos}. The first step
     * that is no separator where one can be begins what is below the container's own group: on v2 it must be the {@code leaf}.
     */
    private static Optional<String> idOf(List<String> steps, CgroupVersion version) {
        List<String> ids = new ArrayList<>();
        int next = 0;
        while (next < steps.size() && isSegment(steps.get(next))) {
            ids.add(steps.get(next));
            next++;
            if (next == steps.size() || !steps.get(next).equals(CgroupVersion.SEPARATOR)) {
                return ids.size() <= MAX_DEPTH && holdsProcesses(steps.subList(next, steps.size()), version)
                        ? Optional.of(String.join("/", ids))
                        : Optional.empty();
            }
            next++;
        }
        return Optional.empty();
    }

    private static boolean holdsProcesses(List<String> belowContainer, CgroupVersion version) {
        return switch (version) {
            case V1 -> true;
            case V2 -> !belowContainer.isEmpty() && belowContainer.getFirst().equals(CgroupVersion.LEAF);
        };
    }
}
