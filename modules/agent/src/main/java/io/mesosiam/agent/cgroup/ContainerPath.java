package io.mesosiam.agent.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Conversions between the names of a container: Mesos's id path {@code PARENT/CHILD}; its cgroup, such as
 * {@code /mesos/PARENT/mesos/CHILD}; the name and the cgroup of a container that Docker runs for Mesos.
 */
public final class ContainerPath {
    /** The deepest supported nesting. The bound limits the work that a hostile tree can cause. */
    public static final int MAX_DEPTH = 32;

    /** What Mesos allows a scheduler to choose, without characters that have a meaning in a path. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}");

    /** Docker's names of a container's cgroup, with the cgroupfs driver and with systemd's. */
    private static final Pattern DOCKER = Pattern.compile("([0-9a-f]{64})|docker-([0-9a-f]{64})\\.scope");

    /** Prefix of the names that Mesos's Docker containerizer gives to its containers. */
    private static final String MESOS_DOCKER_NAME = "mesos-";

    private ContainerPath() {}

    /** Docker's id of the container whose cgroup has this name. */
    static Optional<String> dockerIdOf(String group) {
        Matcher docker = DOCKER.matcher(group);
        return docker.matches()
                ? Optional.of(docker.group(1) == null ? docker.group(2) : docker.group(1))
                : Optional.empty();
    }

    /** Mesos's id of the container that has this name in Docker; empty if the container is not Mesos's. */
    public static Optional<String> mesosIdOf(String dockerName) {
        return Optional.of(dockerName)
                .filter(name -> name.startsWith(MESOS_DOCKER_NAME))
                .map(name -> name.substring(MESOS_DOCKER_NAME.length()))
                .filter(ContainerPath::isSegment);
    }

    /** Whether this can be the id of one container. */
    public static boolean isSegment(String name) {
        return SEGMENT.matcher(name).matches();
    }

    /** Whether the container with this id is nested in another one. */
    public static boolean isNested(String id) {
        return id.indexOf('/') >= 0;
    }

    /** The id of the container in which a container is nested at all levels; its own if it is not nested. */
    public static String outermost(String id) {
        return isNested(id) ? id.substring(0, id.indexOf('/')) : id;
    }

    /**
     * The container to which the processes of a cgroup belong.
     *
     * @param group a path as {@code /proc/PID/cgroup} reports it
     * @return the innermost container whose cgroup is this one or above it; Docker, for example, makes cgroups inside a
     *     task's. Empty for every cgroup in which no container's processes are: outside of Mesos's root, between
     *     containers, or, on v2, neither a {@code leaf} nor below one
     */
    static Optional<String> containerOf(String group, CgroupVersion version, String cgroupRoot) {
        String prefix = "/" + cgroupRoot + "/";
        if (!group.startsWith(prefix)) {
            return Optional.empty();
        }
        return idOf(List.of(group.substring(prefix.length()).split("/", -1)), version);
    }

    /**
     * Ids and separators alternate: {@code P}, {@code mesos}, {@code C}. A container may itself be called
     * {@code mesos}. The first step that is not a separator, where one can be, begins the path below the container's
     * own cgroup; on v2 it must be the {@code leaf}.
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
