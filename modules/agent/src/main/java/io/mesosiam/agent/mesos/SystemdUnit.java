package io.mesosiam.agent.mesos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A service of this host's systemd, identified by its cgroup in {@code system.slice}, into which only root can move
 * processes.
 *
 * @param hierarchies possible mount points of systemd's hierarchy
 */
public record SystemdUnit(String name, List<Path> hierarchies) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.@-]{1,247}\\.service");

    /** cgroups v1, the unified hierarchy, and both together. */
    private static final List<Path> USUAL =
            List.of(Path.of("/sys/fs/cgroup/systemd"), Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/unified"));

    public SystemdUnit {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("must be the name of a service, such as mesos-agent.service");
        }
        hierarchies = List.copyOf(hierarchies);
    }

    public SystemdUnit(String name) {
        this(name, USUAL);
    }

    /**
     * The service's current processes.
     *
     * @throws IOException if it has no cgroup, because it does not run
     */
    List<Long> processes() throws IOException {
        for (Path hierarchy : hierarchies) {
            Path processes = hierarchy.resolve("system.slice").resolve(name).resolve("cgroup.procs");
            if (Files.exists(processes)) {
                return Files.readAllLines(processes).stream().map(Long::valueOf).toList();
            }
        }
        throw new IOException(name + " doesn't run");
    }
}
