package io.mesosiam.agent;

import io.mesosiam.agent.attest.MesosGroups;
import io.mesosiam.agent.cgroup.CgroupConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Containers as Mesos lays them out, each with one idle process in it. */
final class BenchmarkContainers implements AutoCloseable {
    private static final String SLEEP = "echo $$ > \"$0\" && exec sleep 86400";
    private static final String RUN = "echo $$ > \"$0\" && exec \"$@\"";

    private final MesosGroups groups;
    private final List<String> ids = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    BenchmarkContainers(CgroupConfig config, int count) throws IOException {
        this(config, count, List.of());
    }

    /** @param through a command that becomes each container's process, for example after it has entered a namespace */
    BenchmarkContainers(CgroupConfig config, int count, List<String> through) throws IOException {
        groups = new MesosGroups(config);
        for (int i = 0; i < count; i++) {
            add(through);
        }
    }

    /** Starts another container, in whose process the command runs, and returns its id. */
    String add(List<String> through) throws IOException {
        String id = "container-" + ids.size();
        ids.add(id);
        List<String> command = new ArrayList<>(through);
        command.addAll(List.of("sh", "-c", SLEEP, processesOf(id).toString()));
        processes.add(new ProcessBuilder(command).start());
        return id;
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    /** Starts a program in the last container; it is in the container from its first instruction on. */
    Process startInside(List<String> command) throws IOException {
        return startInside(ids.getLast(), command);
    }

    /** Starts a program in the container with this id. */
    Process startInside(String id, List<String> command) throws IOException {
        List<String> entering =
                new ArrayList<>(List.of("sh", "-c", RUN, processesOf(id).toString()));
        entering.addAll(command);
        Process process = new ProcessBuilder(entering)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    Path processesOf(String id) {
        return groups.groupOf(id).resolve("cgroup.procs");
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroyForcibly().onExit().join();
        }
        groups.close();
    }
}
