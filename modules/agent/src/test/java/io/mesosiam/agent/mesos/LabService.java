package io.mesosiam.agent.mesos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A cgroup like that of a systemd service. */
record LabService(SystemdUnit service, Path group, boolean madeSlice) implements AutoCloseable {
    static LabService make() throws IOException {
        Path hierarchy = List.of(
                        Path.of("/sys/fs/cgroup/systemd"), Path.of("/sys/fs/cgroup/unified"), Path.of("/sys/fs/cgroup"))
                .stream()
                .filter(path -> Files.isWritable(path.resolve("cgroup.procs")))
                .findFirst()
                .orElse(Path.of("/nowhere"));
        if (!Files.exists(hierarchy)) {
            System.out.println("SKIPPED, no cgroup hierarchy to write to");
        }
        assumeTrue(Files.exists(hierarchy), "no cgroup hierarchy to write to");
        Path slice = hierarchy.resolve("system.slice");
        boolean made = !Files.exists(slice);
        if (made) {
            Files.createDirectory(slice);
        }
        String name = "mesos-iam-test-" + ProcessHandle.current().pid() + ".service";
        return new LabService(
                new SystemdUnit(name, List.of(hierarchy)), Files.createDirectory(slice.resolve(name)), made);
    }

    void add(MesosAgentProgram program) throws IOException {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(program.pid()));
    }

    @Override
    public void close() throws IOException {
        Files.delete(group);
        if (madeSlice) {
            try {
                Files.delete(group.getParent());
            } catch (IOException inUse) {
                // the slice contains other cgroups now
            }
        }
    }
}
