package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The net_cls hierarchy, with classes as Mesos assigns them: one per root container from one handle, reused when it is
 * free.
 */
final class LabNetClasses implements AutoCloseable {
    private static final long FIRST = 0x0012_0001;

    private final Path mount;
    private final Map<Path, Long> given = new HashMap<>();

    private LabNetClasses(Path mount) {
        this.mount = mount;
    }

    /** A mount of its own in a temporary directory: an existing one may be another test program's, which unmounts it. */
    static LabNetClasses open() throws IOException {
        Path mount = Files.createTempDirectory("mesos-iam-net-cls");
        try {
            LabNetwork.run("mount -t cgroup -o " + controllers() + " none " + mount);
        } catch (IllegalStateException e) {
            Files.delete(mount);
            ContainerLab.assume(false, "can't mount net_cls: " + e.getMessage());
        }
        return new LabNetClasses(mount);
    }

    /** A hierarchy is mounted again with all of its controllers; distributions put net_cls and net_prio into one. */
    private static String controllers() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .map(line -> line.split(":", -1)[1])
                .filter(controllers -> List.of(controllers.split(",", -1)).contains("net_cls"))
                .findFirst()
                .orElse("net_cls");
    }

    Path mount() {
        return mount;
    }

    /** The cgroup of a container's processes: that of its root container. */
    Path groupOf(String root, String id) {
        return mount.resolve(root).resolve(id.split("/", -1)[0]);
    }

    /** Assigns a class to a root container, unless it has one. */
    void give(String root, String id) {
        given.computeIfAbsent(groupOf(root, id), group -> {
            long free = LongStream.iterate(FIRST, one -> one + 1)
                    .filter(one -> !given.containsValue(one))
                    .findFirst()
                    .orElseThrow();
            set(root, id, free);
            return free;
        });
    }

    void set(String root, String id, long classId) {
        try {
            Files.createDirectories(groupOf(root, id));
            Files.writeString(
                    groupOf(root, id).resolve("net_cls.classid"), Long.toString(classId), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a root container's cgroup and releases its class. */
    void take(String root, String id) {
        given.remove(groupOf(root, id));
        MesosGroups.removeTree(groupOf(root, id));
    }

    @Override
    public void close() {
        LabNetwork.run("umount " + mount);
        try {
            Files.delete(mount);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
