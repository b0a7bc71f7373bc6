package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.doctor.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each setting that refers to something on this host, with a value that refers to nothing. */
class UnconfirmedSettingsTest {
    private static final String P = "MESOS_IAM_AGENT_";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private Path hierarchy;
    private Path proc;
    private Optional<Path> netCls = Optional.empty();

    @BeforeEach
    void hostThatConfirmsAllSettings() throws IOException {
        hierarchy = directory.resolve("freezer");
        proc = directory.resolve("proc");
        Files.createDirectories(hierarchy.resolve("mesos/a-container"));
        Files.createDirectories(directory.resolve("work/meta/slaves"));
        Files.createSymbolicLink(directory.resolve("work/meta/slaves/latest"), Path.of("f00d-S1"));
        environment.putAll(Map.of(
                P + "CONTROLLERS", "wss://localhost:1",
                P + "CERTIFICATE", "/c",
                P + "KEY", "/k",
                P + "CA", "/ca",
                P + "MESOS_WORK_DIR", directory.resolve("work").toString()));
    }

    private UnconfirmedSettings settings() {
        AgentConfig config = AgentConfig.from(environment);
        return new UnconfirmedSettings(
                config, new CgroupConfig(CgroupVersion.V1, hierarchy, netCls, config.cgroupsRoot(), proc));
    }

    private List<String> lines() {
        return settings().doubts().stream().map(UnconfirmedSettings.Doubt::line).toList();
    }

    @Test
    void confirmedSettingsCauseNoLines() {
        assertThat(lines()).isEmpty();
        assertThat(settings().findings()).extracting(Finding::level).containsExactly(Finding.Level.OK);
    }

    @Test
    void missingCgroupsRootIsNamedWithItsPathAndCure() {
        environment.put(P + "CGROUPS_ROOT", "mesos2");

        assertThat(lines())
                .containsExactly(P + "CGROUPS_ROOT=mesos2: there is no " + hierarchy
                        + "/mesos2, callers are answered 503. Mesos makes it when it starts a container after a boot; if containers run"
                        + " already, set the Mesos agent's --cgroups_root, which is below " + hierarchy + ".");
        assertThat(settings().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.WARNING);
            assertThat(finding.text()).startsWith(P + "CGROUPS_ROOT=mesos2: there is no ");
        });
    }

    @Test
    void endpointOnAllAddressesWithoutTheRedirectIsNamed() {
        environment.put(P + "LISTEN", "0.0.0.0:51679");

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + "LISTEN=0.0.0.0:51679: is every address of this host while " + P + "REDIRECT is off"));

        environment.put(P + "REDIRECT", "on");
        assertThat(lines()).isEmpty();
    }

    /** This is the state after the redirect has made the cgroup that its rules name. */
    @Test
    void emptyCgroupsRootIsNamed() throws IOException {
        Files.createDirectory(hierarchy.resolve("mesos2"));
        Files.createFile(hierarchy.resolve("mesos2/cgroup.procs"));
        environment.put(P + "CGROUPS_ROOT", "mesos2");

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + "CGROUPS_ROOT=mesos2: " + hierarchy + "/mesos2 holds no container's cgroup"));
    }

    /** The posix launcher makes no cgroups, and Docker's containers are in other ones. */
    @ParameterizedTest
    @CsvSource({"ANCESTRY, on", "DOCKER_SOCKET, /dev/null"})
    void cgroupsRootIsNotNeededWithAncestryOrDocker(String variable, String value) {
        environment.putAll(
                Map.of(P + "CGROUPS_ROOT", "mesos2", P + "MESOS_URL", "http://127.0.0.1:5051", P + variable, value));

        assertThat(lines()).isEmpty();
    }

    @Test
    void classesAreNotUsedWithDockersContainersWhichHaveNone() {
        netCls = Optional.of(hierarchy);
        environment.putAll(Map.of(
                P + "REDIRECT", "on", P + "DOCKER_SOCKET", "/dev/null", P + "REDIRECT_NET_CLS_HANDLE", "0x0012"));

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + "REDIRECT_NET_CLS_HANDLE=0x0012: is not used with " + P + "DOCKER_SOCKET"));
    }

    @ParameterizedTest
    @CsvSource({
        "MESOS_WORK_DIR, /absent/work, 'there is no such directory, the agent connects to no controller'",
        "MESOS_WORK_DIR, /usr, 'there is no link /usr/meta/slaves/latest, the agent connects to no controller'",
        "DOCKER_SOCKET, /absent/docker.sock, 'there is no such file or directory, Docker''s containers are answered 503'",
        "DOCKER_SOCKET, /usr, 'it is no socket, Docker''s containers are answered 503'",
        "MESOS_RUNTIME_DIR, /absent/run, 'there is no such file or directory, it is not used'",
        "MESOS_CREDENTIAL, /absent/credential, 'there is no such file, the Mesos agent is not queried'",
        "MESOS_CA, /absent/ca.pem, 'there is no such file, the Mesos agent is not queried'",
        "REDIRECT_NET_CLS_HANDLE, 0x0012, 'this host has no net_cls hierarchy'"
    })
    void pathThatIsNotOnThisHostIsNamedWithItsVariable(String variable, String value, String problem) {
        environment.put(P + "MESOS_URL", "http://127.0.0.1:5051");
        environment.put(P + "REDIRECT", "on");
        environment.put(P + variable, value);

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + variable + "=" + value + ": " + problem));
    }

    @Test
    void mesosContainerOutsideOfTheRootIsNamedWithItsCgroup() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: a runtime directory of root's: not root");
        }
        assumeTrue(root, "not root");
        Path runtime = Files.createTempDirectory(Path.of("/run"), "mesos-iam-runtime");
        try {
            Path container = Files.createDirectories(runtime.resolve("containers/c-1"));
            Files.writeString(container.resolve("pid"), "4711");
            Files.createDirectories(proc.resolve("4711"));
            environment.put(P + "MESOS_RUNTIME_DIR", runtime.toString());

            Files.writeString(proc.resolve("4711/cgroup"), "5:freezer:/mesos/c-1\n0::/\n");
            assertThat(lines()).as("below the root").isEmpty();

            Files.writeString(proc.resolve("4711/cgroup"), "5:freezer:/user.slice\n0::/\n");
            assertThat(lines()).as("another process has the pid").isEmpty();

            Files.writeString(proc.resolve("4711/cgroup"), "5:freezer:/site/mesos/c-1\n0::/\n");
            assertThat(lines())
                    .containsExactly(P + "CGROUPS_ROOT=mesos: process 4711 of container c-1 is in the cgroup"
                            + " /site/mesos/c-1, which is not below it. Set the Mesos agent's --cgroups_root.");
        } finally {
            try (Stream<Path> made = Files.walk(runtime)) {
                for (Path path : made.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
