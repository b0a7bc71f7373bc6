package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.cgroup.CgroupDirectory;
import io.mesosiam.agent.cgroup.CgroupVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cgroups that a task makes below its container's own, as Docker and systemd do inside a container. Real cgroups and
 * processes.
 */
class InnerGroupsTest extends AttestorFixture {
    /** A process of a container that has moved into a cgroup below the container's own. */
    private static LabProcess inside(ContainerLab lab, String id, String inner) throws IOException {
        LabProcess process = lab.hostProcess();
        Path group = Files.createDirectories(lab.groupOf(id).resolve(inner));
        process.run("echo $$ > " + group.resolve("cgroup.procs"));
        return process;
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void dockerContainerInsideATaskBelongsToTheTask(CgroupVersion version, boolean netlink, String by)
            throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        lab.container("neighbour");
        KernelAttestor attestor = attestor(lab, netlink);
        attestor.start();
        LabProcess docker = inside(lab, "task", "docker/0123abcd");

        assertThat(attestor.attest(lab.connect(docker, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("task", task, by));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void cgroupInsideANestedContainerBelongsToTheNestedContainer(CgroupVersion version, boolean netlink, String by)
            throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        lab.container("pod", network);
        LabProcess nested = lab.container("pod/nested", network);
        KernelAttestor attestor = attestor(lab, netlink);
        nested.fork("mkdir -p " + lab.groupOf("pod/nested").resolve("docker/0123abcd") + "; echo $BASHPID > "
                + lab.groupOf("pod/nested").resolve("docker/0123abcd/cgroup.procs") + "; exec 3<>/dev/tcp/"
                + network.hostAddress() + "/" + lab.port() + ";");

        assertThat(attestor.attest(lab.accept(), Deadlines.ample())).isEqualTo(attested("pod/nested", nested, by));
    }

    /** A task chooses the names of the cgroups below its own; they never make it another container. */
    @ParameterizedTest
    @CsvSource({
        "V1,docker/victim",
        "V1,victim",
        "V1,docker/mesos/victim",
        "V1,leaf",
        "V2,docker/victim",
        "V2,victim/leaf",
        "V2,mesos/victim/leaf"
    })
    void innerCgroupsNameDoesNotMakeATaskAnotherOne(CgroupVersion version, String inner) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        lab.container("victim");
        LabProcess insider = inside(lab, "task", inner);

        assertThat(attestor(lab, true).attest(lab.connect(insider, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("task", task, version == CgroupVersion.V1 ? "freezer" : "cgroup-v2"));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void firstProcessBelowItsCgroupStillIsTheContainers(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess init = inside(lab, "task", "init.scope");

        assertThat(attestor(lab, true).attest(lab.connect(init, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("task", init, version == CgroupVersion.V1 ? "freezer" : "cgroup-v2"));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void cgroupsBeyondTheBoundBelongToNoContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("task");
        LabProcess deep = inside(lab, "task", "d/".repeat(CgroupDirectory.MAX_LEVELS_BELOW) + "deeper");
        LabProcess edge = inside(lab, "task", "d/".repeat(CgroupDirectory.MAX_LEVELS_BELOW));
        KernelAttestor attestor = attestor(lab, true);

        assertThat(attestor.attest(lab.connect(deep, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
        assertThat(attestor.attest(lab.connect(edge, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Attested.class);
    }
}
