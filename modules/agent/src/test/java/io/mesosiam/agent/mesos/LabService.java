package io.mesosiam.agent.mesos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.SharedGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A cgroup like that of a systemd service. */
record LabService(SystemdUnit service, Path group, SharedGroup slice) implements AutoCloseable {
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
        SharedGroup slice = new SharedGroup(hierarchy.resolve("system.slice"));
        String name = "mesos-iam-test-" + ProcessHandle.current().pid() + ".service";
        return new LabService(new SystemdUnit(name, List.of(hierarchy)), slice.create(name), slice);
    }

    void add(MesosAgentProgram program) throws IOException {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(program.pid()));
    }

    @Override
    public void close() throws IOException {
        Files.delete(group);
        slice.remove();
    }
}
