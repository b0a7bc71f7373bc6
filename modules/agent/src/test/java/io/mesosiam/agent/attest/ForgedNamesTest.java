package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.KernelFile;
import io.mesosiam.agent.proc.ProcFs;
import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process chooses its name and those of its cgroups. Neither is taken for another line of the kernel's text. */
class ForgedNamesTest {
    private final ProcFs proc = new ProcFs(Path.of("/proc"));

    @ParameterizedTest
    @ValueSource(strings = {"x\\rUid:\\t7\\t7", "x\\rUid:\\tx", "x\\rState:\\tZ", "\\rUid:\\t", "\\377\\205"})
    void nameOfAProcessIsNoLineOfItsStatus(String name) throws Exception {
        Process process =
                new ProcessBuilder("sh", "-c", "printf '" + name + "' >/proc/$$/comm; echo; read end").start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEmpty();

            assertThat(proc.users(process.pid()))
                    .isEqualTo(proc.users(ProcessHandle.current().pid()))
                    .isNotEmpty();
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nameOfACgroupIsNoLineOfAProcessesCgroups(CgroupVersion version) {
        String forged = "\r1:freezer:/mesos/victim\r0::/mesos/victim/leaf";
        String cgroups = "12:memory:/m" + forged + "\n11:freezer:/mesos/own\n1:name=systemd:/s" + forged
                + "\n0::/mesos/own/leaf\n";

        assertThat(version.groupOf(cgroups)).contains(version == CgroupVersion.V1 ? "/mesos/own" : "/mesos/own/leaf");
    }

    @Test
    void emptyFileHasNoLines() {
        assertThat(KernelFile.lines("")).isEmpty();
        assertThat(KernelFile.lines("1\n\n2\n")).containsExactly("1", "", "2");
    }
}
