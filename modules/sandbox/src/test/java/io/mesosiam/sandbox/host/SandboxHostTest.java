package io.mesosiam.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterControl;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requires root and cgroups; otherwise it is skipped with the reason. */
class SandboxHostTest {
    private static final FrameworkSpec WEB = new FrameworkSpec("web", "svc-web", "root", List.of("web"), true, true);

    private final String root = "mesos-sandbox-test-" + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private SandboxMaster master;
    private MasterControl control;
    private SandboxHost host;
    private String web;

    @BeforeEach
    void start() throws Exception {
        master = SandboxMaster.start();
        control = MasterControl.start(master, "token");
        web = master.cluster().subscribe(WEB);
        host = new SandboxHost(new HostSetup(
                control.uri().toString(),
                "token",
                directory.toString(),
                root,
                "http://127.0.0.1:1/v2/credentials",
                "http://127.0.0.1:1",
                List.of("agent1.mesos.test", "127.0.0.1")));
    }

    @AfterEach
    void stop() throws IOException {
        host.close();
        control.close();
        master.close();
    }

    @Test
    void mesosAgentIdIsAtTheUsualPath() throws IOException {
        Path latest = Path.of(host.report().workDir(), "meta/slaves/latest");

        assertThat(latest).isSymbolicLink();
        assertThat(Files.readSymbolicLink(latest).getFileName())
                .hasToString(host.report().agentId());
    }

    @Test
    void nestedContainersHaveGroupsBelowTheirParentsAsInMesos() throws Exception {
        assumeTrue(host.report().attestable(), host.report().without());

        run(pod("a"), pod("b"));

        String a = group("a");
        String b = group("b");
        assertThat(a).matches("/" + root + "/[0-9a-f-]{36}/mesos/[0-9a-f-]{36}(/leaf)?");
        assertThat(parent(a)).isEqualTo(parent(b));
        assertThat(a).isNotEqualTo(b);
        assertThat(directory.resolve("runtime/containers/%s/pid".formatted(parent(a))))
                .exists();
        assertThat(directory.resolve(
                        "runtime/containers/%s/containers/%s/pid".formatted(parent(a), a.split("/", -1)[4])))
                .hasContent(Long.toString(host.process("a").pid()));
    }

    @Test
    void commandTaskHasItsOwnGroupUntilItIsDestroyed() throws Exception {
        assumeTrue(host.report().attestable(), host.report().without());

        run(TaskSpec.command("t", web, host.report().agentId(), "web"));
        assertThat(group("t")).matches("/" + root + "/[0-9a-f-]{36}(/leaf)?");
        ProcessHandle process = ProcessHandle.of(host.process("t").pid()).orElseThrow();
        host.finish("t");
        assertThat(process.isAlive()).isTrue();
        host.destroy("t");

        assertThat(process.onExit()
                        .get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS)
                        .isAlive())
                .isFalse();
        assertThat(directory.resolve("runtime/containers")).isEmptyDirectory();
    }

    @Test
    void taskReportsTheResultOfItsRequest() throws Exception {
        assumeTrue(host.report().attestable(), host.report().without());

        run(TaskSpec.command("t", web, host.report().agentId(), "web"));
        String answer = host.process("t").ask("http", TimeLimit.seconds(30));

        assertThat(answer).contains("\"status\":0");
    }

    @Test
    void nothingRemains() throws Exception {
        assumeTrue(host.report().attestable(), host.report().without());

        run(pod("a"), pod("b"));
        run(TaskSpec.command("t", web, host.report().agentId(), "web"));
        List<ProcessHandle> processes = List.of(host.process("a"), host.process("b"), host.process("t")).stream()
                .map(Child::pid)
                .map(pid -> ProcessHandle.of(pid).orElseThrow())
                .toList();
        Path group = Path.of(host.report().cgroups().replaceFirst("^[^/]*", ""));
        assertThat(group).isDirectory();
        host.close();

        assertThat(group).doesNotExist();
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
    }

    private TaskSpec pod(String id) {
        return TaskSpec.ofPod("pod", id, web, host.report().agentId(), "web");
    }

    private void run(TaskSpec... specs) throws Exception {
        for (TaskSpec spec : specs) {
            master.cluster().launch(spec);
        }
        host.run(List.of(specs));
    }

    /** The group of the process in the hierarchy that identifies containers. */
    private String group(String taskId) throws IOException, InterruptedException {
        // any answer shows that the program has entered its group
        host.process(taskId).ask("nothing", TimeLimit.seconds(30));
        List<String> lines =
                Files.readAllLines(Path.of("/proc/" + host.process(taskId).pid() + "/cgroup"));
        return lines.stream()
                .filter(line -> line.contains(root))
                .map(line -> line.substring(line.indexOf("/" + root)))
                .findFirst()
                .orElseThrow();
    }

    private static String parent(String group) {
        return group.split("/", -1)[2];
    }
}
