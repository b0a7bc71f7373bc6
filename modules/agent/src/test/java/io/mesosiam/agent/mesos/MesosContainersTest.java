package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.attest.KnownProcess;
import io.mesosiam.agent.attest.KnownProcesses;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MesosContainersTest {
    private Path path;
    private FakeMesosAgent fake;

    @BeforeEach
    void make() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, the runtime directory has to be root's: not root");
        }
        assumeTrue(root, "not root");
        path = Files.createTempDirectory(Path.of("/run"), "mesos-iam-runtime");
        fake = FakeMesosAgent.start(head -> FakeMesosAgent.STANDALONE);
    }

    @AfterEach
    void clear() throws IOException {
        if (path != null) {
            fake.close();
            try (Stream<Path> all = Files.walk(path)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Optional<RuntimeDirectory> directory() {
        return Optional.of(new RuntimeDirectory(path));
    }

    private Optional<MesosAgentApi> agent(int user) {
        var settings =
                new MesosAgentSettings(fake.address(), Optional.empty(), Optional.empty(), user, Optional.empty());
        return Optional.of(new MesosAgentApi(settings, TimeLimit.seconds(5)));
    }

    private void standalone(String id) throws IOException {
        Files.createFile(
                Files.createDirectories(path.resolve("containers").resolve(id)).resolve("standalone.marker"));
    }

    @Test
    void directoryIdentifiesStandaloneAndNestedContainers() throws IOException {
        standalone("alone");
        Files.createDirectories(path.resolve("containers/task"));
        var mesos = new MesosContainers(directory(), Optional.empty());

        assertThat(mesos.isStandalone("alone")).isTrue();
        assertThat(mesos.isStandalone("alone/child/debug")).isTrue();
        assertThat(mesos.isStandalone("task")).isFalse();
        assertThat(mesos.isStandalone("task/alone")).isFalse();
    }

    @Test
    void directoryStatesWhoseContainerItIs() throws IOException {
        Path task = Files.createDirectories(path.resolve("containers/task"));
        Files.write(task.resolve("config"), CheckpointedConfig.of("F-0001", "web.1"));
        Files.write(Files.createDirectories(path.resolve("containers/damaged")).resolve("config"), new byte[] {1, 2});
        var mesos = new MesosContainers(directory(), Optional.empty());

        assertThat(mesos.executor("task")).contains(new Executor("F-0001", "web.1"));
        assertThat(mesos.executor("task/child")).contains(new Executor("F-0001", "web.1"));
        assertThat(mesos.executor("unknown")).isEmpty();
        assertThat(mesos.executor("damaged")).isEmpty();
        assertThat(new MesosContainers(Optional.empty(), Optional.empty()).executor("task"))
                .isEmpty();
    }

    @Test
    void directoryIsPreferredToTheAgent() throws IOException {
        standalone("alone");
        var mesos = new MesosContainers(directory(), agent(0));

        assertThat(mesos.isStandalone("alone")).isTrue();
        assertThat(mesos.isStandalone("standalone-1")).isFalse();
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void agentIsQueriedInTheBackgroundWithoutAUsableDirectory() throws IOException {
        standalone("alone");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        var mesos = new MesosContainers(directory(), agent(0));

        while (!mesos.isStandalone("standalone-1")) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(mesos.isStandalone("alone")).isFalse();
        assertThat(mesos.isStandalone("standalone-1/child")).isTrue();
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void firstProcessesComeFromTheDirectoryElseFromTheAgentsLastAnswer() throws IOException {
        Path pid = Files.writeString(
                Files.createDirectories(path.resolve("containers/task")).resolve("pid"), "4711");
        Files.createDirectories(path.resolve("containers/starting"));

        assertThat(new MesosContainers(directory(), Optional.empty()).processes())
                .isEqualTo(new KnownProcesses(
                        List.of(new KnownProcess(
                                "task",
                                4711,
                                Optional.of(Files.getLastModifiedTime(pid).toInstant()))),
                        true));
        var byAgent = new MesosContainers(Optional.empty(), agent(0));
        while (byAgent.processes().processes().isEmpty()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(byAgent.processes())
                .isEqualTo(
                        new KnownProcesses(List.of(new KnownProcess("standalone-1", 25921, Optional.empty())), false));
    }

    @Test
    void containerWithoutInformationIsNotStandalone() {
        assertThat(new MesosContainers(Optional.empty(), Optional.empty()).isStandalone("any"))
                .isFalse();
        var impostor = new MesosContainers(Optional.empty(), agent(65534));

        assertThat(impostor.isStandalone("standalone-1")).isFalse();
        assertThat(impostor.all().containers()).isEmpty();
    }
}
