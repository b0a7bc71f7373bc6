package io.mesosiam.sandbox.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The cgroup hierarchy by which Mesos identifies containers, and its part of it: {@code ROOT/CID}, nested
 * {@code ROOT/PARENT/mesos/CHILD}. ROOT is the Mesos agent's {@code --cgroups_root}; the directory between parent and
 * child is a constant of Mesos. In v2 processes are one level deeper, in {@code leaf}.
 */
public final class CgroupHierarchy {
    private static final String SEPARATOR = "mesos";
    private static final String LEAF = "leaf";
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Duration TO_END = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final boolean v2;
    private final Path root;

    private CgroupHierarchy(boolean v2, Path root) {
        this.v2 = v2;
        this.root = root;
    }

    /**
     * Creates Mesos's root group in the hierarchy of this host: that of the v1 freezer, else v2.
     *
     * @param name Mesos's {@code --cgroups_root}
     * @throws IOException if there is no hierarchy, or this process may not write to it
     */
    public static CgroupHierarchy make(String name) throws IOException {
        CgroupHierarchy hierarchy = find(name);
        Files.createDirectories(hierarchy.root);
        return hierarchy;
    }

    /** Removes the rest of a root group, with its processes, after the host that created it could not. */
    public static void sweep(String name) throws IOException {
        find(name).remove();
    }

    private static CgroupHierarchy find(String name) throws IOException {
        Optional<Path> freezer = mount("cgroup", "freezer");
        if (freezer.isPresent()) {
            return new CgroupHierarchy(false, freezer.get().resolve(name));
        }
        Path unified =
                mount("cgroup2", "").orElseThrow(() -> new IOException("no cgroup hierarchy is mounted on this host"));
        return new CgroupHierarchy(true, unified.resolve(name));
    }

    /** proc_pid_mountinfo(5): the fifth field is the mount point; after a lone dash come type, source and options. */
    private static Optional<Path> mount(String type, String option) throws IOException {
        for (String line : Files.readAllLines(MOUNTS)) {
            String[] halves = line.split(" - ", 2);
            String[] system = halves[1].split(" ", -1);
            if (system[0].equals(type)
                    && (option.isEmpty() || List.of(system[2].split(",")).contains(option))) {
                return Optional.of(Path.of(halves[0].split(" ", -1)[4]));
            }
        }
        return Optional.empty();
    }

    /** A description for people: layout and path. */
    public String describe() {
        return (v2 ? "cgroups v2, " : "cgroups v1, freezer, ") + root;
    }

    /** Creates the group of a container; the group of its parent must exist. */
    void add(List<String> container) throws IOException {
        Path group = group(container);
        if (container.size() > 1) {
            Files.createDirectories(group.getParent());
        }
        Files.createDirectory(group);
        if (v2) {
            Files.createDirectory(group.resolve(LEAF));
        }
    }

    /** The file to which a process writes its id to enter the container. */
    Path processes(List<String> container) {
        Path group = group(container);
        return (v2 ? group.resolve(LEAF) : group).resolve("cgroup.procs");
    }

    /** Ends a container's processes and those of the containers nested in it, and removes its group. */
    void remove(List<String> container) throws IOException {
        remove(group(container));
    }

    /** Ends all processes, and removes all groups and Mesos's root group. */
    void remove() throws IOException {
        if (Files.exists(root)) {
            remove(root);
        }
    }

    private Path group(List<String> container) {
        return root.resolve(String.join("/" + SEPARATOR + "/", container));
    }

    private static void remove(Path group) throws IOException {
        for (Path child : children(group)) {
            remove(child);
        }
        long deadline = System.nanoTime() + TO_END.toNanos();
        while (true) {
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
            try {
                Files.delete(group);
                return;
            } catch (IOException busy) {
                if (System.nanoTime() > deadline) {
                    throw busy;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static List<Path> children(Path group) throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(group, Files::isDirectory)) {
            entries.forEach(found::add);
        }
        return found;
    }
}
