package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupDirectory;
import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.ContainerGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A container ends with its first process, not because a scan does not find its cgroup or its processes. */
class ContainerEndsTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final List<Container> ended = new ArrayList<>();

    @TempDir
    private Path directory;

    private KernelAttestor attestor(CgroupConfig config) {
        return new KernelAttestor(config, (started, gone) -> ended.addAll(gone), true);
    }

    private static List<String> running(KernelAttestor attestor) {
        return attestor.running().stream().map(Container::id).sorted().toList();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }

    /** Like a process that moves between two cgroups during a scan: no list that the scan reads contains it. */
    @ParameterizedTest
    @EnumSource
    void containerContinuesIfNoListContainsItsFirstProcess(CgroupVersion version) throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            attestor.scanNow();
            Path unseen = Files.createDirectories(
                    lab.groupOf("task").resolve("d/".repeat(CgroupDirectory.MAX_LEVELS_BELOW) + "deeper"));

            task.run("echo $$ > " + unseen.resolve("cgroup.procs"));
            attestor.scanNow();
            assertThat(ended).isEmpty();
            assertThat(running(attestor)).containsExactly("task");

            task.close();
            attestor.scanNow();
            assertThat(ended).extracting(Container::id).containsExactly("task");
        }
    }

    @ParameterizedTest
    @EnumSource
    void containerEndsIfItsFirstProcessLeavesIt(CgroupVersion version) throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            lab.container("other");
            attestor.scanNow();

            task.run(lab.joining("$$", "other"));
            attestor.scanNow();
            assertThat(ended).extracting(Container::id).containsExactly("task");
        }
    }

    @ParameterizedTest
    @EnumSource
    void unmountedHierarchyEndsNoLivingContainer(CgroupVersion version) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version)) {
            CgroupConfig real = lab.config();
            CgroupConfig own = new CgroupConfig(version, directory, real.netCls(), real.cgroupRoot(), real.proc());
            LabProcess task = lab.container("task");
            LabProcess brief = lab.container("brief");
            Caller host = lab.connect(lab.hostProcess(), LOOPBACK);
            run("mount", "--bind", real.hierarchy().toString(), directory.toString());
            try (KernelAttestor attestor = attestor(own)) {
                attestor.scanNow();
                assertThat(attestor.cgroupsRootConfirmed()).isTrue();

                run("umount", directory.toString());
                attestor.scanNow();
                assertThat(ended).isEmpty();
                assertThat(attestor.attest(host, Deadlines.ample())).isInstanceOf(Unknown.class);
                assertThat(attestor.cgroupsRootConfirmed()).isFalse();

                brief.close();
                attestor.scanNow();
                assertThat(ended).extracting(Container::id).containsExactly("brief");

                run("mount", "--bind", real.hierarchy().toString(), directory.toString());
                attestor.scanNow();
                assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                        .isInstanceOf(Attested.class);
                assertThat(attestor.cgroupsRootConfirmed()).isTrue();
                assertThat(running(attestor)).containsExactly("task");
            } finally {
                run("umount", directory.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyMountOverTheRootIsNotTheConfirmedRoot(CgroupVersion version) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            Caller host = lab.connect(lab.hostProcess(), LOOPBACK);
            attestor.scanNow();

            run("mount", "-t", "tmpfs", "none", lab.config().mesosGroup().toString());
            try {
                attestor.scanNow();
                assertThat(ended).isEmpty();
                assertThat(attestor.attest(host, Deadlines.ample())).isInstanceOf(Unknown.class);
                assertThat(attestor.cgroupsRootConfirmed()).isFalse();
            } finally {
                run("umount", lab.config().mesosGroup().toString());
            }
            assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                    .isInstanceOf(Attested.class);
            assertThat(ended).isEmpty();
        }
    }

    private ContainerGroup group() {
        return group(directory);
    }

    private static ContainerGroup group(Path path) {
        return new ContainerGroup("task", path, path, read(path).inode());
    }

    private static CgroupDirectory read(Path path) {
        return CgroupDirectory.at(path).orElseThrow();
    }

    private CgroupTree tree() {
        return new CgroupTree(
                new CgroupConfig(CgroupVersion.V1, directory, Optional.empty(), "mesos", CgroupConfig.DEFAULT_PROC));
    }

    /** A directory can't be read, like a file in case of too few descriptors or too little memory. */
    @Test
    void unreadableProcessListIsNotAnEmptyOne() throws IOException {
        assertThat(tree().processes(group(), 100)).as("a removed cgroup").isEmpty();

        Files.createDirectory(directory.resolve("cgroup.procs"));
        assertThatThrownBy(() -> tree().processes(group(), 100)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void noMoreProcessesAreReadThanAreAskedFor() throws IOException {
        Files.writeString(directory.resolve("cgroup.procs"), "1\n2\n3\n4\n5\n");

        assertThat(tree().processes(group(), 3)).containsExactly(1, 2, 3);
    }

    /** Otherwise a task could make every scan fail with a cgroup of that type. */
    @Test
    void cgroupForThreadsHasNoProcesses() throws IOException {
        Files.createDirectory(directory.resolve("cgroup.procs"));
        Files.writeString(directory.resolve("cgroup.type"), "threaded\n");

        assertThat(tree().processes(group(), 100)).isEmpty();
    }

    /** Otherwise a task could make most scans fail by making and removing cgroups inside its own. */
    @Test
    void cgroupThatWasMadeAgainUnderItsNameIsARemovedOne() throws IOException {
        Path path = Files.createDirectory(directory.resolve("inner"));
        ContainerGroup group = group(path);
        CgroupDirectory before = read(path);
        Path later = Files.createDirectory(directory.resolve("later"));
        Files.createDirectory(later.resolve("cgroup.procs"));
        Files.delete(path);
        Files.move(later, path);
        assertThat(tree().processes(group, 100)).isEmpty();
        assertThatThrownBy(() -> tree().processes(group(path), 100)).isInstanceOf(UncheckedIOException.class);

        Files.delete(path.resolve("cgroup.procs"));
        Files.delete(path);
        Files.createFile(path);
        CgroupDirectory.forEachEntry(before, entry -> fail("an entry of a removed cgroup: " + entry));
    }
}
