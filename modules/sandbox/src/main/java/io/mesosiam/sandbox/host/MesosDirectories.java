package io.mesosiam.sandbox.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The files of a Mesos agent: the link to its own id ({@code WORK/meta/slaves/latest}), each container's first process
 * ({@code RUNTIME/containers/CID/pid}, nested {@code .../containers/PARENT/containers/CHILD/pid}, for root only), and
 * the tasks' sandboxes.
 */
record MesosDirectories(Path work, Path runtime) {
    static MesosDirectories in(Path directory) throws IOException {
        var directories = new MesosDirectories(directory.resolve("work"), directory.resolve("runtime"));
        Files.createDirectories(directories.work);
        Files.createDirectories(directories.runtime.resolve("containers"));
        return directories;
    }

    void registered(String agentId) throws IOException {
        Path slaves = Files.createDirectories(work.resolve("meta/slaves"));
        Path own = Files.createDirectories(slaves.resolve(agentId));
        Path latest = slaves.resolve("latest");
        Files.deleteIfExists(latest);
        Files.createSymbolicLink(latest, own);
    }

    void started(List<String> container, long pid) throws IOException {
        Path directory = Files.createDirectories(runtime(container));
        Path file = directory.resolve("pid");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Long.toString(pid));
    }

    void ended(List<String> container) throws IOException {
        Path directory = runtime(container);
        Files.deleteIfExists(directory.resolve("pid"));
        Files.deleteIfExists(directory.resolve("containers"));
        Files.deleteIfExists(directory);
    }

    private Path runtime(List<String> container) {
        Path directory = runtime;
        for (String id : container) {
            directory = directory.resolve("containers").resolve(id);
        }
        return directory;
    }

    /** The directory that a task's process starts in. */
    Path sandbox(String agentId, String frameworkId, String executorId, List<String> container) throws IOException {
        Path runs =
                work.resolve(Path.of("slaves", agentId, "frameworks", frameworkId, "executors", executorId, "runs"));
        Path sandbox = runs.resolve(container.getFirst());
        for (String nested : container.subList(1, container.size())) {
            sandbox = sandbox.resolve("containers").resolve(nested);
        }
        return Files.createDirectories(sandbox);
    }
}
