package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mesosiam.agent.AgentSettings;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartCheckTest {
    private static final String P = "MESOS_IAM_AGENT_";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private TestCa.Identity identity;
    private TestCa ca;

    @BeforeEach
    void rightSettings() throws Exception {
        ca = TestCa.in(directory);
        identity = ca.issue("dns:host-1");
        environment.putAll(AgentSettings.of(
                ca,
                identity,
                "mesos",
                Map.of(
                        P + "CONTROLLERS", "wss://localhost:1",
                        P + "LISTEN", "127.0.0.1:0",
                        P + "METRICS_LISTEN", "off")));
    }

    private List<String> problems() {
        return StartCheck.problems(AgentConfig.from(environment), Optional.empty());
    }

    @Test
    void rightSettingsHaveNoProblems() {
        assertThat(problems()).isEmpty();
    }

    @Test
    void missingFileIsOneLineWithItsVariableAndCure() {
        for (String variable : List.of("CERTIFICATE", "KEY", "CA")) {
            environment.put(P + variable, "/absent/" + variable);
        }

        assertThat(problems())
                .containsExactly(
                        P + "CERTIFICATE=/absent/CERTIFICATE: can't be read: there is no such file or directory. "
                                + "Name a PEM file with this host's certificate that the agent can read.",
                        P + "KEY=/absent/KEY: can't be read: there is no such file or directory. "
                                + "Name a PEM file with the certificate's unencrypted PKCS#8 key that the agent can read.",
                        P + "CA=/absent/CA: can't be read: there is no such file or directory. "
                                + "Name a PEM file with the CA's certificates that the agent can read.");
    }

    @ParameterizedTest
    @CsvSource({
        "CERTIFICATE, absent",
        "CERTIFICATE, directory",
        "CERTIFICATE, text",
        "KEY, absent",
        "KEY, directory",
        "KEY, text",
        "KEY, other",
        "CA, absent",
        "CA, directory",
        "CA, text"
    })
    void lineNamesTheFileOnce(String variable, String content) throws Exception {
        Path file = directory.resolve("unusable.pem");
        switch (content) {
            case "directory" -> Files.createDirectory(file);
            case "text" -> Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            case "other" -> Files.copy(ca.issue("dns:host-2").key(), file);
            default -> assertThat(file).doesNotExist();
        }
        environment.put(P + variable, file.toString());

        assertThat(problems()).singleElement().asString().containsOnlyOnce(file.toString());
    }

    @Test
    void keyOfAnotherCertificateIsNamedButNotShown() throws Exception {
        Path other = ca.issue("dns:host-2").key();
        environment.put(P + "KEY", other.toString());

        assertThat(problems()).singleElement().satisfies(line -> {
            assertThat(line).startsWith(P + "KEY=" + other + ": ").contains("not the", "certificate was made for");
            assertThat(line).doesNotContain(Files.readAllLines(other).get(1));
        });
    }

    @Test
    void fileWithoutACertificateIsNamed() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.pem"));
        environment.put(P + "CA", empty.toString());

        assertThat(problems()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + "CA=" + empty + ": ")
                .contains("no certificate in PEM"));
    }

    @Test
    void portInUseIsOneLineWithItsVariable() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            environment.put(P + "LISTEN", address);

            assertThat(problems()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith(P + "LISTEN=" + address + ": can't be listened on (Address already in use"));
        }
    }

    /** The agent serves credentials without metrics until the port is free. */
    @Test
    void portOfTheMetricsInUseIsNoProblem() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put(P + "METRICS_LISTEN", "127.0.0.1:" + taken.getLocalPort());

            assertThat(problems()).isEmpty();
        }
    }

    @Test
    void samePortForEndpointAndMetricsIsOneLineThatNamesBoth() throws IOException {
        int port = TestPort.claim();
        environment.put(P + "METRICS_LISTEN", "127.0.0.1:" + port);
        for (String listen : List.of("127.0.0.1:" + port, "0.0.0.0:" + port)) {
            environment.put(P + "LISTEN", listen);

            assertThat(problems())
                    .containsExactly(P + "METRICS_LISTEN=127.0.0.1:" + port + ": is the port of " + P
                            + "LISTEN, too. Choose another port for one of them.");
        }
        environment.put(P + "LISTEN", "127.0.0.2:" + port);
        assertThat(problems()).isEmpty();
    }

    /** With the redirect, the agent uses another port. */
    @Test
    void portInUseIsNoProblemWithTheRedirect() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            environment.put(P + "REDIRECT", "on");
            environment.put(P + "LISTEN", "0.0.0.0:" + taken.getLocalPort());

            assertThat(problems()).isEmpty();
        }
    }

    @Test
    void addressOfAnotherHostIsNamed() {
        environment.put(P + "METRICS_LISTEN", "192.0.2.1:1");

        assertThat(problems()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(P + "METRICS_LISTEN=192.0.2.1:1: "));
    }

    /** An endpoint without a path would answer every task with status 404. */
    @Test
    void emptyListOrDuplicateValueIsRefused() {
        environment.put(P + "PATHS", " , ");
        environment.put(P + "DESTINATIONS", "169.254.170.2:80,169.254.170.23:80, 169.254.170.2:80");
        environment.put(P + "REDIRECT_CGROUPS", ",");

        assertThat(catchThrowableOfType(WrongSettings.class, () -> AgentConfig.from(environment))
                        .lines())
                .containsExactlyInAnyOrder(
                        P + "PATHS must name at least one value, is ','",
                        P + "DESTINATIONS names '169.254.170.2:80' more than once",
                        P + "REDIRECT_CGROUPS must name at least one value, is ','");
    }

    @Test
    void emptyVariableCountsAsNotSet() {
        AgentConfig unset = AgentConfig.from(environment);
        for (String variable :
                List.of("PATHS", "CGROUPS_ROOT", "MESOS_WORK_DIR", "LOG_LEVEL", "REDIRECT", "MESOS_URL")) {
            environment.put(P + variable, "");
        }

        assertThat(AgentConfig.from(environment)).usingRecursiveComparison().isEqualTo(unset);
    }

    @Test
    void emptyRequiredVariableIsNamed() {
        environment.put(P + "KEY", "");
        environment.put(P + "CONTROLLERS", " ");

        assertThat(catchThrowableOfType(WrongSettings.class, () -> AgentConfig.from(environment))
                        .lines())
                .containsExactly(
                        P + "CONTROLLERS must name at least one controller, as wss://host:port", P + "KEY must be set");
    }

    @ParameterizedTest
    @CsvSource({
        "CONTROLLERS, https://a.example:8443, 'must be wss://host:port, is '",
        "CONTROLLERS, wss://a.example, 'must be wss://host:port with the port '",
        "CGROUPS_ROOT, /sys/fs/cgroup/mesos, 'must be a path without a slash at its ends, is '",
        "CGROUPS_ROOT, me sos, 'must be a cgroup''s path, such as mesos: me sos, is '",
        "LISTEN, 127.0.0.1:65536, 'must be address:port with a port from 0 to 65535, is '",
        "METRICS_LISTEN, 127.0.0.1:-1, 'must be address:port with a port from 0 to 65535, is '"
    })
    void mistakeIsOneLineAboutTheVariableThatWasSet(String variable, String value, String problem) {
        environment.put(P + variable, value);

        assertThat(catchThrowableOfType(WrongSettings.class, () -> AgentConfig.from(environment))
                        .lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith(P + variable + " " + problem)
                        .endsWith("'" + value + "'"));
    }

    @Test
    void eachWrongSettingHasItsOwnLine() {
        environment.put(P + "IMDS_V1", "maybe");
        environment.put(P + "ASKS_PER_SECOND", "many");
        environment.put(P + "NO_SUCH", "x");

        assertThat(catchThrowableOfType(WrongSettings.class, () -> AgentConfig.from(environment))
                        .lines())
                .containsExactly(
                        P + "IMDS_V1 must be on or off, is 'maybe'",
                        P + "ASKS_PER_SECOND must be a whole number, is 'many'",
                        P + "NO_SUCH is no setting of the agent: see docs/agent.md");
    }
}
