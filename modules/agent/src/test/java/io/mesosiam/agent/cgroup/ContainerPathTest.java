package io.mesosiam.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerPathTest {
    /** Cgroups that a Mesos 1.12 agent made: command task, pod's task, debug container in it, standalone container. */
    @ParameterizedTest
    @CsvSource({
        "V1, /mesos/1251a251-4788-4fb7-8eed-11d8b6b9f97c, 1251a251-4788-4fb7-8eed-11d8b6b9f97c",
        "V1, /mesos/a7777f21-a53a/mesos/bda7a43f-da4f, a7777f21-a53a/bda7a43f-da4f",
        "V1, /mesos/p/mesos/c/mesos/d, p/c/d",
        "V1, /mesos/standalone-1, standalone-1",
        "V1, /mesos/mesos, mesos",
        "V1, /mesos/mesos/mesos/mesos, mesos/mesos",
        "V1, /mesos/leaf, leaf",
        "V2, /mesos/ee3451d7-eceb/leaf, ee3451d7-eceb",
        "V2, /mesos/ee3451d7-eceb/mesos/10ca4561-6d8b/leaf, ee3451d7-eceb/10ca4561-6d8b",
        "V2, /mesos/leaf/leaf, leaf",
    })
    void cgroupIdentifiesItsContainer(CgroupVersion version, String group, String id) {
        assertThat(ContainerPath.containerOf(group, version, "mesos")).contains(id);
    }

    /**
     * Cgroups that a process makes inside its container, such as Docker's, belong to that container, whatever their
     * names.
     */
    @ParameterizedTest
    @CsvSource({
        "V1, /mesos/p/docker/0123abcd, p",
        "V1, /mesos/p/other, p",
        "V1, /mesos/p/other/c, p",
        "V1, /mesos/p/leaf, p",
        "V1, /mesos/p/mesos/c/deeper, p/c",
        "V1, /mesos/p/docker/mesos/c, p",
        "V1, /mesos/p/mesos/c/docker/mesos/d, p/c",
        "V1, /mesos/mesos/docker, mesos",
        "V1, /mesos/mesos/mesos/mesos/docker, mesos/mesos",
        "V2, /mesos/p/leaf/docker/0123abcd, p",
        "V2, /mesos/p/leaf/deeper, p",
        "V2, /mesos/p/leaf/mesos/c/leaf, p",
        "V2, /mesos/p/mesos/c/leaf/init.scope, p/c",
        "V2, /mesos/leaf/leaf/leaf, leaf",
    })
    void cgroupBelowAContainersBelongsToThatContainer(CgroupVersion version, String group, String id) {
        assertThat(ContainerPath.containerOf(group, version, "mesos")).contains(id);
    }

    @ParameterizedTest
    @CsvSource({
        "V1, /",
        "V1, /mesos",
        "V1, /mesos/",
        "V1, /mesos/p/mesos",
        "V1, /mesos/p/mesos/",
        "V1, /mesos/p/mesos/../c",
        "V1, /mesos/.p/docker/0123abcd",
        "V1, /mesos-2/p",
        "V1, /system.slice/mesos/p",
        "V1, /mesos/../p",
        "V1, /mesos/.p",
        "V1, '/mesos/p (deleted)'",
        "V2, /mesos/p",
        "V2, /mesos/leaf",
        "V2, /mesos/p/mesos/leaf",
        "V2, /mesos/p/docker/leaf",
        "V2, /mesos/p/mesos/c/docker/leaf",
        "V2, /mesos/p/leaf2",
        "V2, /mesos/p/mesos/c",
    })
    void otherCgroupsBelongToNoContainer(CgroupVersion version, String group) {
        assertThat(ContainerPath.containerOf(group, version, "mesos")).isEmpty();
    }

    /**
     * Recorded next to a real Mesos agent. The container is the innermost one to which Mesos itself assigns the
     * process.
     */
    @ParameterizedTest
    @MethodSource("recordedProcesses")
    void recordedProcessesAreInTheirContainersCgroups(
            CgroupVersion version, String id, String name, String namespace, String cgroup) {
        Optional<String> group = version.groupOf(cgroup.replace(';', '\n'));

        assertThat(group.flatMap(path -> ContainerPath.containerOf(path, version, "mesos")))
                .isEqualTo(Optional.of(id).filter(container -> !container.isEmpty()));
    }

    static Stream<Arguments> recordedProcesses() throws IOException {
        try (InputStream recorded = ContainerPathTest.class.getResourceAsStream("recorded-processes.tsv")) {
            return new String(Objects.requireNonNull(recorded).readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> Arguments.of((Object[]) line.split("\t", -1)))
                            .toList()
                            .stream();
        }
    }

    @Test
    void rootMayHaveSeveralLevels() {
        assertThat(ContainerPath.containerOf("/a/b/p/mesos/c", CgroupVersion.V1, "a/b"))
                .contains("p/c");
    }

    @Test
    void nestingIsBounded() {
        String group = "/mesos/p" + "/mesos/c".repeat(ContainerPath.MAX_DEPTH);

        assertThat(ContainerPath.containerOf(group, CgroupVersion.V1, "mesos")).isEmpty();
    }

    /** {@code /proc/PID/cgroup} of a pod's task, cgroups v1: only the freezer distinguishes it from its executor. */
    @Test
    void freezersLineIsUsed() {
        String procCgroup = """
                9:name=systemd:/
                8:pids:/mesos/parent
                6:freezer:/mesos/parent/mesos/child
                4:memory:/mesos/parent
                2:cpu,cpuacct:/mesos/parent
                0::/
                """;

        assertThat(CgroupVersion.V1.groupOf(procCgroup)).contains("/mesos/parent/mesos/child");
        assertThat(CgroupVersion.V2.groupOf(procCgroup)).contains("/");
    }

    @Test
    void cgroupNameMayContainColons() {
        assertThat(CgroupVersion.V2.groupOf("0::/mesos/a:b/leaf\n")).contains("/mesos/a:b/leaf");
        assertThat(CgroupVersion.V1.groupOf("7:devices,freezer:/mesos/a:freezer:b\n"))
                .contains("/mesos/a:freezer:b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "1:freezer", "1:name=freezer:/mesos/p", "12:pids:/:freezer:/mesos/p"})
    void processWithoutTheHierarchyIsInNoCgroup(String procCgroup) {
        assertThat(CgroupVersion.V1.groupOf(procCgroup)).isEqualTo(Optional.empty());
    }
}
