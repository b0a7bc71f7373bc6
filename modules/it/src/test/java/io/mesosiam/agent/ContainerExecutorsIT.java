package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.agent.mesos.CheckpointedConfig;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller believes a status in which an executor has another one's task run in its own container. */
class ContainerExecutorsIT {
    private static final String ATTACKER = "container-0";
    private static final String WEB = "container-1";

    @TempDir
    private Path directory;

    private Path runtime;

    @BeforeEach
    void make() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: the runtime directory has to be root's: not root");
        }
        assumeTrue(root, "not root");
        runtime = Files.createTempDirectory(Path.of("/run"), "mesos-iam-runtime");
    }

    @AfterEach
    void clear() throws IOException {
        if (runtime != null) {
            try (Stream<Path> all = Files.walk(runtime)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void credentialsOfATaskAreServedToNoContainerOfAnotherExecutor() throws Exception {
        launched(ATTACKER, "own-executor");
        launched(WEB, "web.1");
        String cgroups = "mesos-iam-executors-" + ProcessHandle.current().pid();
        TestCa ca = TestCa.in(directory);
        try (BenchmarkContainers containers = new BenchmarkContainers(CgroupConfig.detect(cgroups), 2);
                FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent =
                        AgentProcess.start(AgentProgram.underTest(), directory, settings(ca, controller, cgroups))) {
            FakeController.Connection connection = controller.accept();
            Hello hello = connection.next(Hello.class);
            assertThat(hello.containers())
                    .extracting(RunningContainer::containerId, RunningContainer::executor)
                    .contains(
                            tuple(ATTACKER, Optional.of(new Executor("F-0001", "own-executor"))),
                            tuple(WEB, Optional.of(new Executor("F-0001", "web.1"))));
            connection.send(new Sync(1, List.of(ofWeb(ATTACKER), ofWeb(WEB))));

            assertThat(List.of(reply(connection), reply(connection)))
                    .containsExactlyInAnyOrder(
                            new Nack(
                                    "lease-of-" + ATTACKER,
                                    1,
                                    "AnotherExecutor",
                                    "Mesos launched the container for another executor"),
                            new Ack("lease-of-" + WEB, 1));
            int port = agent.endpoint().getPort();
            assertThat(asked(containers, WEB, port).failures()).isEmpty();
            assertThat(asked(containers, ATTACKER, port).failures()).hasSize(1);
            assertThat(agent.stop()).isZero();
        }
    }

    private void launched(String container, String executor) throws IOException {
        Path own = Files.createDirectories(runtime.resolve("containers").resolve(container));
        Files.write(own.resolve("config"), CheckpointedConfig.of("F-0001", executor));
    }

    private Map<String, String> settings(TestCa ca, FakeController controller, String cgroups) {
        Map<String, String> settings = new HashMap<>(AgentSettings.listening(ca, controller, cgroups, "127.0.0.1:0"));
        settings.put("MESOS_IAM_AGENT_MESOS_RUNTIME_DIR", runtime.toString());
        return settings;
    }

    /** The lease of a task of the executor {@code web.1}, as a controller binds it. */
    private static Entry ofWeb(String container) {
        Entry.Served lease = (Entry.Served) ActivatedAgent.lease(container);
        return new Entry.Served(
                lease.leaseId(),
                lease.revision(),
                lease.containerId(),
                lease.name(),
                lease.roleArn(),
                lease.identityHash(),
                lease.session(),
                Optional.empty(),
                Optional.of(new Executor("F-0001", "web.1")));
    }

    private static AgentMessage reply(FakeController.Connection connection) throws Exception {
        AgentMessage message = connection.next(AgentMessage.class);
        while (!(message instanceof Ack || message instanceof Nack)) {
            message = connection.next(AgentMessage.class);
        }
        return message;
    }

    /** One request of the container. An answer with another container's credentials is a failure. */
    private static FreshAsks.Result asked(BenchmarkContainers containers, String container, int port)
            throws IOException {
        Process asking = containers.startInside(
                container,
                List.of(
                        JavaProgram.java(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FreshAsks.class.getName(),
                        "" + port,
                        "1",
                        "1",
                        "1",
                        "role/restart-" + container));
        List<String> lines = asking.inputReader().lines().toList();
        return FreshAsks.Result.parse(lines.getLast());
    }
}
