package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.Unknown;
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

/** A container ends with its first process, and not because a look doesn't find its group or its processes. */
class ContainerEndsTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final List<Container> ended = new ArrayList<>();

    @TempDir
    private Path directory;

    private KernelAttestor attestor(AttestConfig config) {
        return new KernelAttestor(config, (started, gone) -> ended.addAll(gone), true);
    }

    private static List<String> running(KernelAttestor attestor) {
        return attestor.running().stream().map(Container::id).sorted().toList();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }

    /** As one that moves between two groups while a look reads them: it is in no list that the look reads. */
    @ParameterizedTest
    @EnumSource
    void aFirstProcessThatIsInNoListOfItsContainersGroupsHasNotEnded(CgroupVersion version) throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            attestor.lookNow();
            Path unseen = Files.createDirectories(
                    lab.groupOf("task").resolve("d/".repeat(CgroupDirectory.MAX_LEVELS_BELOW) + "deeper"));

            task.run("echo $$ > " + unseen.resolve("cgroup.procs"));
            attestor.lookNow();
            assertThat(ended).isEmpty();
            assertThat(running(attestor)).containsExactly("task");

            task.close();
            attestor.lookNow();
            assertThat(ended).extracting(Container::id).containsExactly("task");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFirstProcessThatLeavesItsContainerEndsIt(CgroupVersion version) throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            lab.container("other");
            attestor.lookNow();

            task.run(lab.joining("$$", "other"));
            attestor.lookNow();
            assertThat(ended).extracting(Container::id).containsExactly("task");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnmountedHierarchyEndsNoLivingContainer(CgroupVersion version) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version)) {
            AttestConfig real = lab.config();
            AttestConfig own = new AttestConfig(version, directory, real.netCls(), real.cgroupRoot(), real.proc());
            LabProcess task = lab.container("task");
            LabProcess brief = lab.container("brief");
            Caller host = lab.connect(lab.hostProcess(), LOOPBACK);
            run("mount", "--bind", real.hierarchy().toString(), directory.toString());
            try (KernelAttestor attestor = attestor(own)) {
                attestor.lookNow();
                assertThat(attestor.cgroupsRootConfirmed()).isTrue();

                run("umount", directory.toString());
                attestor.lookNow();
                assertThat(ended).isEmpty();
                assertThat(attestor.attest(host)).isInstanceOf(Unknown.class);
                assertThat(attestor.cgroupsRootConfirmed()).isFalse();

                brief.close();
                attestor.lookNow();
                assertThat(ended).extracting(Container::id).containsExactly("brief");

                run("mount", "--bind", real.hierarchy().toString(), directory.toString());
                attestor.lookNow();
                assertThat(attestor.attest(lab.connect(task, LOOPBACK))).isInstanceOf(Attested.class);
                assertThat(attestor.cgroupsRootConfirmed()).isTrue();
                assertThat(running(attestor)).containsExactly("task");
            } finally {
                run("umount", directory.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyMountOverTheRootIsNotTheConfirmedRoot(CgroupVersion version) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab.config())) {
            LabProcess task = lab.container("task");
            Caller host = lab.connect(lab.hostProcess(), LOOPBACK);
            attestor.lookNow();

            run("mount", "-t", "tmpfs", "none", lab.config().mesosGroup().toString());
            try {
                attestor.lookNow();
                assertThat(ended).isEmpty();
                assertThat(attestor.attest(host)).isInstanceOf(Unknown.class);
                assertThat(attestor.cgroupsRootConfirmed()).isFalse();
            } finally {
                run("umount", lab.config().mesosGroup().toString());
            }
            assertThat(attestor.attest(lab.connect(task, LOOPBACK))).isInstanceOf(Attested.class);
            assertThat(ended).isEmpty();
        }
    }

    private ContainerGroup group() {
        return new ContainerGroup("task", directory, directory, 1);
    }

    private CgroupTree tree() {
        return new CgroupTree(
                new AttestConfig(CgroupVersion.V1, directory, Optional.empty(), "mesos", AttestConfig.DEFAULT_PROC));
    }

    /** A directory can't be read, whatever else is wrong with a file: too few descriptors, too little memory. */
    @Test
    void processesThatCannotBeReadAreNotTakenForNone() throws IOException {
        assertThat(tree().processes(group())).as("a group that is gone").isEmpty();

        Files.createDirectory(directory.resolve("cgroup.procs"));
        assertThatThrownBy(() -> tree().processes(group())).isInstanceOf(UncheckedIOException.class);
    }

    /** Else a task could stop every look with a group of that type. */
    @Test
    void aGroupForThreadsHasNoProcessesOfItsOwn() throws IOException {
        Files.createDirectory(directory.resolve("cgroup.procs"));
        Files.writeString(directory.resolve("cgroup.type"), "threaded\n");

        assertThat(tree().processes(group())).isEmpty();
    }
}
