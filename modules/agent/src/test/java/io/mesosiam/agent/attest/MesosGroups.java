package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Real cgroups in Mesos's layout, under a test's own root. */
public final class MesosGroups implements AutoCloseable {
    private final CgroupVersion version;
    private final Path root;

    /**
     * Makes the root.
     *
     * @throws IOException if that is not possible
     */
    public MesosGroups(CgroupConfig config) throws IOException {
        version = config.version();
        root = Files.createDirectories(config.hierarchy().resolve(config.cgroupRoot()));
    }

    /**
     * The cgroup of a container's processes; created if absent. A nested container's id is a path,
     * {@code parent/child}.
     */
    public Path groupOf(String id) {
        Path group = root.resolve(id.replace("/", "/" + CgroupVersion.SEPARATOR + "/"));
        Path processes = version == CgroupVersion.V2 ? group.resolve(CgroupVersion.LEAF) : group;
        try {
            return Files.createDirectories(processes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a container's cgroup with the nested ones; they must contain no process. */
    void remove(String id) {
        Path processes = groupOf(id);
        removeTree(version == CgroupVersion.V2 ? processes.getParent() : processes);
    }

    /** Removes all cgroups; they must contain no process. */
    @Override
    public void close() {
        removeTree(root);
    }

    static void removeTree(Path top) {
        try (Stream<Path> groups = Files.walk(top)) {
            for (Path group : groups.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.delete(group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
