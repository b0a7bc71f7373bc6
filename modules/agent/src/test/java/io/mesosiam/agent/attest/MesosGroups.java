package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Real cgroups in Mesos's own layout, under a root that is a test's own. */
public final class MesosGroups implements AutoCloseable {
    private final CgroupVersion version;
    private final Path root;

    /**
     * Makes the root.
     *
     * @throws IOException if that can't be
     */
    public MesosGroups(AttestConfig config) throws IOException {
        version = config.version();
        root = Files.createDirectories(config.hierarchy().resolve(config.cgroupRoot()));
    }

    /** Where a container's processes are; made if it isn't there yet. A nested container's id is a path, {@code parent/child}. */
    public Path groupOf(String id) {
        Path group = root.resolve(id.replace("/", "/" + CgroupVersion.SEPARATOR + "/"));
        Path processes = version == CgroupVersion.V2 ? group.resolve(CgroupVersion.LEAF) : group;
        try {
            return Files.createDirectories(processes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a container's group away, with those nested in it; no process may be left in them. */
    void remove(String id) {
        Path processes = groupOf(id);
        removeTree(version == CgroupVersion.V2 ? processes.getParent() : processes);
    }

    /** Takes all groups away; no process may be left in them. */
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
