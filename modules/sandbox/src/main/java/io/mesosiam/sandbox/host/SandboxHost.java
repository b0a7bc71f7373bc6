package io.mesosiam.sandbox.host;

import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.mesos.Operation;
import io.mesosiam.sandbox.mesos.RemoteMaster;
import io.mesosiam.sandbox.process.Child;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A Mesos agent with its containerizer: it registers, runs tasks as processes in cgroups, reports their statuses to the
 * master, and removes everything when it is closed. If it may not write cgroups it reports the same statuses but starts
 * no process, since processes could not be attributed to tasks.
 */
public final class SandboxHost implements AutoCloseable {
    private static final int MESOS_AGENT_PORT = 5051;

    private final HostSetup setup;
    private final RemoteMaster master;
    private final MesosDirectories directories;
    private final @Nullable CgroupHierarchy cgroups;
    private final String without;
    private final Map<String, Container> tasks = new LinkedHashMap<>();
    private final Map<String, Container> executors = new LinkedHashMap<>();
    private final String agentId;

    private record Container(List<String> path, TaskSpec task, Optional<Child> process) {}

    /** Creates the directories and the root group, and registers with the master. */
    public SandboxHost(HostSetup setup) throws IOException, InterruptedException {
        this.setup = setup;
        this.master = new RemoteMaster(URI.create(setup.master()), setup.token());
        this.directories = MesosDirectories.in(Path.of(setup.directory()));
        CgroupHierarchy made = null;
        String why = "";
        try {
            made = CgroupHierarchy.make(setup.cgroupsRoot());
        } catch (IOException refused) {
            why = "cgroups can't be made here: "
                    + (refused instanceof AccessDeniedException ? "permission denied, " : "") + refused.getMessage();
        }
        this.cgroups = made;
        this.without = why;
        this.agentId = master.apply(new Operation.Register(new AgentSpec(
                setup.addresses().getFirst(), setup.addresses().getLast(), MESOS_AGENT_PORT, Map.of("rack", "r1"))));
        directories.registered(agentId);
    }

    /** The properties of this host that other processes need. */
    public HostReport report() {
        return new HostReport(
                agentId, directories.work().toString(), cgroups == null ? "" : cgroups.describe(), without);
    }

    /**
     * Runs one command task, or the tasks of one pod: creates the containers, then reports to the master, then starts
     * the processes.
     */
    public void run(List<TaskSpec> specs) throws IOException, InterruptedException {
        for (TaskSpec spec : specs) {
            List<String> path = path(spec);
            if (cgroups != null) {
                cgroups.add(path);
            }
            Optional<Child> process = start(spec, path);
            tasks.put(spec.id(), new Container(path, spec, process));
            long pid = process.map(Child::pid).orElse(0L);
            if (cgroups != null) {
                directories.started(path, pid);
            }
            master.apply(new Operation.Starting(
                    spec.key(), new Placement(path, setup.addresses().getLast(), pid)));
            master.apply(new Operation.Running(spec.key()));
        }
    }

    /** The containers of a pod's tasks are nested in the container of their executor, which has its own process. */
    private List<String> path(TaskSpec spec) throws IOException {
        String own = UUID.randomUUID().toString();
        if (spec.executorId().isEmpty()) {
            return List.of(own);
        }
        Container executor = executors.get(spec.executorId());
        if (executor == null) {
            executor = executor(spec);
            executors.put(spec.executorId(), executor);
        }
        return List.of(executor.path().getFirst(), own);
    }

    private Container executor(TaskSpec spec) throws IOException {
        List<String> path = List.of(UUID.randomUUID().toString());
        if (cgroups == null) {
            return new Container(path, spec, Optional.empty());
        }
        cgroups.add(path);
        Child process = Child.speaking(
                spec.executorId(),
                inContainer(cgroups, path, List.of("/bin/cat")),
                Map.of("MESOS_EXECUTOR_ID", spec.executorId()),
                log(spec.executorId()));
        directories.started(path, process.pid());
        return new Container(path, spec, Optional.of(process));
    }

    private Optional<Child> start(TaskSpec spec, List<String> path) throws IOException {
        if (cgroups == null) {
            return Optional.empty();
        }
        Path sandbox = directories.sandbox(
                agentId, spec.frameworkId(), spec.executorId().isEmpty() ? spec.id() : spec.executorId(), path);
        var environment = taskEnvironment();
        environment.put("MESOS_SANDBOX", sandbox.toString());
        environment.put("MESOS_ALLOCATION_ROLE", spec.role());
        if (spec.executorId().isEmpty()) {
            environment.put("MESOS_EXECUTOR_ID", spec.id());
            environment.put("MESOS_FRAMEWORK_ID", spec.frameworkId());
            environment.put("MESOS_SLAVE_ID", agentId);
            environment.put("MESOS_DIRECTORY", sandbox.toString());
        }
        List<String> command = inContainer(cgroups, path, JavaProgram.here().of(SandboxTask.class));
        return Optional.of(Child.speaking(spec.id(), command, environment, log(spec.id())));
    }

    private Map<String, String> taskEnvironment() {
        var environment = new HashMap<String, String>();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("HOME", setup.directory());
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", setup.credentials());
        environment.put("AWS_ENDPOINT_URL_STS", setup.sts());
        environment.put("AWS_REGION", "eu-central-1");
        return environment;
    }

    /** Enters the container before the program starts, so that the program and all its children are in it. */
    private static List<String> inContainer(CgroupHierarchy cgroups, List<String> path, List<String> command) {
        var all = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                cgroups.processes(path).toString()));
        all.addAll(command);
        return all;
    }

    private Path log(String name) {
        return Path.of(setup.directory(), name + ".log");
    }

    /** The process of a task. */
    public Child process(String taskId) {
        return container(taskId)
                .process()
                .orElseThrow(() -> new NoSuchElementException(taskId + " has no process here: " + without));
    }

    /** Starts a process that is in no container. */
    public Child outsider() throws IOException {
        return Child.speaking("outsider", JavaProgram.here().of(SandboxTask.class), taskEnvironment(), log("outsider"));
    }

    /** Reports to the master that a task has finished. As on a real host, its container is destroyed after that. */
    public void finish(String taskId) throws IOException, InterruptedException {
        master.apply(new Operation.UpdateStatus(
                container(taskId).task().key(), TaskState.FINISHED, "Command exited with status 0"));
    }

    /** Ends a task's processes and removes its container. */
    public void destroy(String taskId) throws IOException {
        Container container = container(taskId);
        tasks.remove(taskId);
        container.process().ifPresent(Child::close);
        if (cgroups != null) {
            cgroups.remove(container.path());
            directories.ended(container.path());
        }
    }

    private Container container(String taskId) {
        Container container = tasks.get(taskId);
        if (container == null) {
            throw new NoSuchElementException("no task " + taskId + " runs here");
        }
        return container;
    }

    /** Ends every process and removes every group of this host. The caller removes the directories. */
    @Override
    public void close() throws IOException {
        for (Container container : tasks.values()) {
            container.process().ifPresent(Child::close);
        }
        for (Container container : executors.values()) {
            container.process().ifPresent(Child::close);
        }
        if (cgroups != null) {
            cgroups.remove();
        }
        master.close();
    }
}
