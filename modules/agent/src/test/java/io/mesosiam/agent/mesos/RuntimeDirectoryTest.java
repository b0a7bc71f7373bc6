package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.channel.wire.Executor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The layout is that of a recorded directory: {@code plain/kernel/agent1_runtime_dir_layout.txt}. */
class RuntimeDirectoryTest {
    private static final String POD = "78a9d717-b2c1-4d07-850b-294000dc3343";
    private static final String CHILD = "236b8de2-1b63-4494-9e05-69d101e36c3e";

    private Path path;
    private RuntimeDirectory directory;

    @BeforeEach
    void make() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, the runtime directory has to be root's: not root");
        }
        assumeTrue(root, "not root");
        path = Files.createTempDirectory(Path.of("/run"), "mesos-iam-runtime");
        directory = new RuntimeDirectory(path);
    }

    @AfterEach
    void clear() throws IOException {
        if (path != null) {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path container(String place, String pid) throws IOException {
        Path container = Files.createDirectories(path.resolve("containers").resolve(place));
        Files.writeString(container.resolve("config"), "binary");
        return Files.writeString(container.resolve("pid"), pid);
    }

    @Test
    void containersAndNestedOnesAreRead() throws IOException {
        Path pod = container(POD, "25507");
        Path child = container(POD + "/containers/" + CHILD, "25588");
        container("standalone-1", "25921");
        Files.createFile(path.resolve("containers/standalone-1/standalone.marker"));

        assertThat(directory.containers())
                .extracting(MesosContainer::id, MesosContainer::pid, MesosContainer::standalone)
                .containsExactlyInAnyOrder(
                        tuple(POD, OptionalLong.of(25507), false),
                        tuple(POD + "/" + CHILD, OptionalLong.of(25588), false),
                        tuple("standalone-1", OptionalLong.of(25921), true));
        assertThat(directory.containers())
                .extracting(MesosContainer::recorded)
                .contains(
                        Optional.of(Files.getLastModifiedTime(pod).toInstant()),
                        Optional.of(Files.getLastModifiedTime(child).toInstant()));
        assertThat(directory.isStandalone("standalone-1")).isTrue();
        assertThat(directory.isStandalone(POD)).isFalse();
        assertThat(directory.isStandalone("never-launched")).isFalse();
        assertThat(directory.isStandalone("..")).isFalse();
    }

    @Test
    void nestedContainersOfAnExecutorLeaveRoomForOtherContainers() throws IOException {
        for (int i = 0; i <= RuntimeDirectory.MAX_NESTED; i++) {
            Path unused = Files.createDirectories(path.resolve("containers/a/containers/" + i + "/containers/check"));
        }
        container(POD + "/containers/" + CHILD, "25588");

        List<String> found =
                directory.containers().stream().map(MesosContainer::id).toList();
        assertThat(found).hasSize(1 + RuntimeDirectory.MAX_NESTED + 2).contains(POD + "/" + CHILD);
    }

    /** Its executor may keep thousands of them, such as those of checks. */
    @Test
    void nestedContainerThatHasEndedIsNotListed() throws IOException {
        container(POD, "25507");
        container(POD + "/containers/" + CHILD, "25588");
        Path unused = Files.createFile(path.resolve("containers/" + POD + "/containers/" + CHILD + "/termination"));

        assertThat(directory.containers()).extracting(MesosContainer::id).containsExactly(POD);
    }

    @Test
    void executorOfAContainerIsReadFromItsConfig() throws IOException {
        container(POD, "25507");
        Files.write(path.resolve("containers/" + POD + "/config"), CheckpointedConfig.of("F-0001", "web.1"));

        assertThat(directory.executor(POD)).contains(new Executor("F-0001", "web.1"));
        assertThat(directory.executor("never-launched")).isEmpty();
        assertThat(directory.executor("..")).isEmpty();
    }

    @Test
    void configThatIsALinkIsNotRead() throws IOException {
        container(POD, "25507");
        Path config = path.resolve("containers/" + POD + "/config");
        Files.delete(config);
        Files.createSymbolicLink(config, path.resolve("containers/" + POD + "/pid"));

        assertThatThrownBy(() -> directory.executor(POD)).isInstanceOf(IOException.class);
    }

    @Test
    void onlyTheOutermostContainerCanBeStandalone() throws IOException {
        container(POD, "25507");
        container(POD + "/containers/" + CHILD, "25588");
        Files.createFile(path.resolve("containers/" + POD + "/containers/" + CHILD + "/standalone.marker"));

        assertThat(directory.containers()).noneMatch(MesosContainer::standalone);
    }

    @Test
    void containerWithAnInvalidPidHasNone() throws IOException {
        container("garbage", "12a");
        container("negative", "-1");
        container("endless", "1".repeat(1 << 16));
        Files.createDirectories(path.resolve("containers/launching"));
        Path link = Files.createDirectories(path.resolve("containers/link"));
        Files.createSymbolicLink(link.resolve("pid"), Path.of("/proc/sys/kernel/pid_max"));

        assertThat(directory.containers())
                .hasSize(5)
                .allMatch(container -> container.pid().isEmpty());
    }

    @Test
    void otherFilesAreIgnored() throws IOException {
        container(POD, "25507");
        Files.createDirectories(path.resolve("containers/.hidden"));
        Files.createFile(path.resolve("containers/a-file"));
        Files.createSymbolicLink(path.resolve("containers/a-link"), path.resolve("containers/" + POD));

        assertThat(directory.containers()).extracting(MesosContainer::id).containsExactly(POD);
    }

    @Test
    void directoryThatOthersCanWriteIsRefused() throws IOException {
        container(POD, "25507");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(directory::containers).hasMessage(path + " can be written by others than root");
        assertThatThrownBy(() -> directory.isStandalone(POD)).isInstanceOf(IOException.class);
    }

    @Test
    void missingDirectoryIsAFailure() {
        assertThatThrownBy(new RuntimeDirectory(path.resolve("nowhere"))::containers)
                .isInstanceOf(IOException.class);
    }
}
