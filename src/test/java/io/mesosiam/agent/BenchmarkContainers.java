package io.mesosiam.agent;

import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.attest.CgroupVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Containers as Mesos lays them out, each with one idle process in it. */
final class BenchmarkContainers implements AutoCloseable {
    private static final String SLEEP = "echo $$ > \"$0\" && exec sleep 86400";
    private static final String RUN = "echo $$ > \"$0\" && exec \"$@\"";

    private final Path root;
    private final boolean leaves;
    private final List<String> ids = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    BenchmarkContainers(AttestConfig config, int count) throws IOException {
        this(config, count, List.of());
    }

    /** @param through a command that becomes each container's process, such as one that enters a namespace */
    BenchmarkContainers(AttestConfig config, int count, List<String> through) throws IOException {
        root = config.hierarchy().resolve(config.cgroupRoot());
        leaves = config.version() == CgroupVersion.V2;
        Files.createDirectories(root);
        for (int i = 0; i < count; i++) {
            String id = "container-" + i;
            Files.createDirectories(group(id));
            ids.add(id);
            List<String> command = new ArrayList<>(through);
            command.addAll(List.of("sh", "-c", SLEEP, processesOf(id)));
            processes.add(new ProcessBuilder(command).start());
        }
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    /** Starts a program in the last container, which it belongs to from its first instruction on. */
    Process startInside(List<String> command) throws IOException {
        List<String> entering = new ArrayList<>(List.of("sh", "-c", RUN, processesOf(ids.getLast())));
        entering.addAll(command);
        Process process = new ProcessBuilder(entering)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    private Path group(String id) {
        return leaves ? root.resolve(id).resolve("leaf") : root.resolve(id);
    }

    private String processesOf(String id) {
        return group(id).resolve("cgroup.procs").toString();
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.destroyForcibly().onExit().join();
        }
        for (String id : ids) {
            Files.delete(group(id));
            if (leaves) {
                Files.delete(root.resolve(id));
            }
        }
        Files.delete(root);
    }
}
