package io.mesosiam.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.sandbox.process.ControllerJvm;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole sandbox, as {@code ./mesos-iam sandbox} runs it, with the real controller and agent, and the processes and
 * files that remain.
 */
class SandboxIT {
    private static final long MINUTES = 5;

    private static final String READ_ONLY_CGROUPS = """
            awk '$5 ~ "^/sys/fs/cgroup" { print $5 }' /proc/self/mountinfo |
                while read -r mount; do mount -o remount,bind,ro "$mount" || exit 1; done &&
                exec "$@"
            """;

    @TempDir
    private Path temporary;

    @Test
    void storySucceedsAndLeavesOnlyTheAotCacheBehind(@TempDir Path caches) throws Exception {
        Path cache = caches.resolve("controller.aot");
        Process sandbox = start("--once", "--aot-cache=" + cache);
        String output = new String(sandbox.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(sandbox.waitFor()).as(output).isZero();
        assertThat(output).doesNotContain("✘").contains("The lease table");
        assertNothingIsLeft(sandbox.pid());
        assertThat(versionWith(cache)).startsWith("mesos-iam-controller ");
    }

    /** What a controller prints whose JVM ends if it can't use the cache. */
    private String versionWith(Path cache) throws Exception {
        var flags = new ArrayList<>(ControllerJvm.FLAGS);
        flags.addAll(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
        var command = new JavaProgram(temporary).jar(Path.of(System.getProperty("mesosiam.controller.jar")), flags);
        command.add("--version");
        Process controller =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(controller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** As for a user other than root, and in a container in which an image is built. */
    @Test
    void storySucceedsWhereCgroupsCannotBeMade() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "root makes the mount namespace");
        var command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", READ_ONLY_CGROUPS, "sandbox"));
        command.addAll(command("--once"));
        Process sandbox = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(sandbox.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(sandbox.waitFor()).as(output).isZero();
        assertThat(output).doesNotContain("✘").contains("cgroups can't be made here", "The lease table");
    }

    @Test
    void killedSandboxLeavesNothingBehind() throws Exception {
        Process sandbox = start();
        try (BufferedReader lines = sandbox.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.lines().anyMatch(line -> line.contains("It stays up")))
                    .isTrue();
        }
        List<ProcessHandle> children = processes();
        assertThat(children).isNotEmpty();

        sandbox.destroyForcibly().waitFor();

        CompletableFuture.allOf(children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .get(MINUTES, TimeUnit.MINUTES);
        assertNothingIsLeft(sandbox.pid());
    }

    private Process start(String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
    }

    private List<String> command(String... arguments) throws IOException {
        Path target = Path.of("modules/sandbox/target");
        var command = new ArrayList<>(List.of(
                JavaProgram.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-Dmesosiam.controller.jar=" + System.getProperty("mesosiam.controller.jar"),
                "-Dmesosiam.agent.jar=" + System.getProperty("mesosiam.agent.jar"),
                "-cp",
                target.resolve("classes") + ":" + Files.readString(target.resolve("sandbox.classpath")),
                Sandbox.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Finds all started processes by their directory. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> commandLine(process).contains(temporary.toString()))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    private void assertNothingIsLeft(long pid) throws IOException {
        assertThat(processes()).isEmpty();
        assertThat(temporary).isEmptyDirectory();
        try (Stream<Path> mounts = Files.list(Path.of("/sys/fs/cgroup"))) {
            assertThat(mounts).allSatisfy(mount -> assertThat(mount.resolve("mesos-sandbox-" + pid))
                    .doesNotExist());
        }
    }
}
