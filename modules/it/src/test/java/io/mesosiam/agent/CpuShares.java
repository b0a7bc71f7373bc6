package io.mesosiam.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CPU cgroups (v1) in which a benchmark's programs get processor time as on a Mesos host: the agent's service and each
 * container that attacks have equal shares, however many processes they have. The programs that measure have ten times as
 * much: where they wait for a processor themselves, the machine is measured instead of the agent. Together they have far
 * more than the machine's other programs, whose noise would otherwise be measured.
 */
final class CpuShares implements AutoCloseable {
    private static final Path HIERARCHY = Path.of("/sys/fs/cgroup/cpu");
    private static final String ENTER = "echo $$ > \"$0\" && exec \"$@\"";
    private static final String FAR_MORE = "65536";
    /** The kernel's default. */
    private static final int USUAL = 1024;

    private static final int TEN_TIMES = 10 * USUAL;
    private static final List<String> MEASURING = List.of("victim", "benchmark");
    private static final String SHARES = "cpu.shares";
    private static final String PROCESSES = "cgroup.procs";

    /** cgroups(7), "Cgroups version 1": the process that writes it. */
    private static final String SELF = "0";

    private final Path all;
    private final List<Path> groups = new ArrayList<>();

    private CpuShares(Path all) {
        this.all = all;
    }

    static CpuShares create() throws IOException {
        Path all = Files.createDirectory(
                HIERARCHY.resolve("mesos-iam-" + ProcessHandle.current().pid()));
        Files.writeString(all.resolve(SHARES), FAR_MORE);
        return new CpuShares(all);
    }

    /** A command that runs the command behind it in this group. */
    List<String> in(String group) throws IOException {
        Path directory = all.resolve(group);
        if (!groups.contains(directory)) {
            groups.add(create(directory, MEASURING.contains(group) ? TEN_TIMES : USUAL));
        }
        return List.of("sh", "-c", ENTER, directory.resolve(PROCESSES).toString());
    }

    /** Moves this JVM and what it starts from now on into the group, until {@link #close}. */
    void enter(String group) throws IOException {
        Path directory = create(all.resolve(group), TEN_TIMES);
        groups.add(directory);
        Files.writeString(directory.resolve(PROCESSES), SELF);
    }

    private static Path create(Path group, int shares) throws IOException {
        Files.createDirectory(group);
        Files.writeString(group.resolve(SHARES), Integer.toString(shares));
        return group;
    }

    /** Waits until no process of this group is left. */
    void awaitEmpty(String group) throws IOException, InterruptedException {
        while (!Files.readString(all.resolve(group).resolve(PROCESSES)).isEmpty()) {
            Thread.sleep(10);
        }
    }

    /** Removes the groups, in which no process but this JVM may be left. */
    @Override
    public void close() throws IOException {
        Files.writeString(HIERARCHY.resolve(PROCESSES), SELF);
        for (Path group : groups) {
            Files.delete(group);
        }
        Files.delete(all);
    }
}
