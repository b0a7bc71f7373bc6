package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.config.AgentConfig.MesosAgent;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosAgentSettings;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.mesos.SystemdUnit;
import io.mesosiam.agent.redirect.RedirectSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {
    private static final Map<String, String> NEEDED = Map.of(
            "CONTROLLERS", "wss://a.example:8443, wss://b.example:8443",
            "CERTIFICATE", "/etc/mesos-iam/agent.pem",
            "KEY", "/etc/mesos-iam/agent.key",
            "CA", "/etc/mesos-iam/ca.pem",
            "MESOS_WORK_DIR", "/var/lib/mesos");

    @Test
    void unsetVariablesHaveDefaults() {
        AgentConfig config = read(NEEDED);

        assertThat(config.controllers())
                .containsExactly(URI.create("wss://a.example:8443"), URI.create("wss://b.example:8443"));
        assertThat(config.hostname()).isEmpty();
        assertThat(config.mesosAgent()).isEqualTo(new MesosAgent.InWorkDir(Path.of("/var/lib/mesos")));
        assertThat(config.endpoint().listen())
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 51679));
        assertThat(config.endpoint().credentialPaths()).containsExactly("/v2/credentials");
        assertThat(config.endpoint().imdsV1()).isFalse();
        assertThat(config.endpoint().requireAuthorization()).isFalse();
        assertThat(config.endpoint().metadataPaths())
                .containsExactlyInAnyOrder("placement/region", "placement/availability-zone", "instance-id");
        assertThat(config.endpoint().metadataService()).isEqualTo(URI.create("http://169.254.169.254"));
        assertThat(config.endpoint().asksPerSecond()).isEqualTo(500);
        assertThat(config.metricsListen()).contains(new InetSocketAddress(InetAddress.getLoopbackAddress(), 51680));
        assertThat(config.destinations())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("169.254.170.2"), 80));
        assertThat(config.cgroupsRoot()).isEqualTo("mesos");
        assertThat(config.dockerSocket()).isEmpty();
        assertThat(config.logLevel()).isEqualTo(AgentConfig.LogLevel.INFO);
    }

    @Test
    void passwordInAUrlIsNotInTheMessage() {
        Map<String, String> all = new HashMap<>(NEEDED);
        all.putAll(Map.of(
                "CONTROLLERS", "wss://user:secret-1@a.example:8443",
                "METADATA_URL", "http://user:secret-2@127.0.0.1",
                "MESOS_URL", "http://user:secret-3@127.0.0.1:5051"));

        assertThatThrownBy(() -> read(all))
                .hasMessageContainingAll("CONTROLLERS", "METADATA_URL", "MESOS_URL", "wss://…@a.example:8443")
                .hasMessageNotContainingAny("secret");
    }

    @Test
    void requiringAuthorizationExcludesVersion1OfTheMetadataService() {
        Map<String, String> all = new HashMap<>(NEEDED);
        all.put("REQUIRE_AUTHORIZATION", "on");

        assertThat(read(all).endpoint().requireAuthorization()).isTrue();

        all.put("IMDS_V1", "on");
        assertThatThrownBy(() -> read(all))
                .hasMessageContaining("MESOS_IAM_AGENT_REQUIRE_AUTHORIZATION can't be on while IMDS_V1 is on");
    }

    @Test
    void allSettingsAreRead() {
        Map<String, String> all = new HashMap<>(NEEDED);
        all.remove("MESOS_WORK_DIR");
        all.putAll(Map.of(
                "IMDS_V1", "on",
                "METADATA_PATHS", "ami-id,tags/instance/Name",
                "METADATA_URL", "http://127.0.0.1:1338",
                "ASKS_PER_SECOND", "0",
                "METRICS_LISTEN", "off"));
        all.putAll(Map.of(
                "HOSTNAME", "host-1",
                "MESOS_AGENT_ID", "f00d-S1",
                "LISTEN", "0.0.0.0:0",
                "PATHS", "/v2/credentials,/role",
                "DESTINATIONS", "169.254.170.23:80",
                "CGROUPS_ROOT", "site/mesos",
                "DOCKER_SOCKET", "/run/docker.sock",
                "LOG_LEVEL", "Debug"));

        AgentConfig config = read(all);

        assertThat(config.hostname()).hasValue("host-1");
        assertThat(config.mesosAgent()).isEqualTo(new MesosAgent.Named("f00d-S1"));
        assertThat(config.endpoint().listen()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0));
        assertThat(config.endpoint().credentialPaths()).containsExactlyInAnyOrder("/v2/credentials", "/role");
        assertThat(config.endpoint().imdsV1()).isTrue();
        assertThat(config.endpoint().metadataPaths()).containsExactlyInAnyOrder("ami-id", "tags/instance/Name");
        assertThat(config.endpoint().metadataService()).isEqualTo(URI.create("http://127.0.0.1:1338"));
        assertThat(config.endpoint().asksPerSecond()).isZero();
        assertThat(config.metricsListen()).isEmpty();
        assertThat(config.destinations())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("169.254.170.23"), 80));
        assertThat(config.cgroupsRoot()).isEqualTo("site/mesos");
        assertThat(config.dockerSocket()).hasValue(Path.of("/run/docker.sock"));
        assertThat(config.logLevel()).isEqualTo(AgentConfig.LogLevel.DEBUG);
    }

    @Test
    void settingsOfTheMesosSourcesAreRead() {
        Map<String, String> all = new HashMap<>(NEEDED);
        all.putAll(Map.of(
                "MESOS_RUNTIME_DIR", "/var/run/mesos",
                "MESOS_URL", "https://host-1:5051",
                "MESOS_CA", "/etc/mesos/ca.pem",
                "MESOS_CREDENTIAL", "/etc/mesos-iam/mesos.credential",
                "MESOS_USER", "4294967294",
                "MESOS_UNIT", "mesos-agent.service",
                "ANCESTRY", "on"));

        AgentConfig.MesosSources mesos = read(all).mesos();

        assertThat(mesos.ancestry()).isTrue();
        assertThat(mesos.directory()).hasValue(new RuntimeDirectory(Path.of("/var/run/mesos")));
        assertThat(mesos.agent().map(MesosAgentApi::settings))
                .hasValue(new MesosAgentSettings(
                        URI.create("https://host-1:5051"),
                        Optional.of(Path.of("/etc/mesos/ca.pem")),
                        Optional.of(Path.of("/etc/mesos-iam/mesos.credential")),
                        4_294_967_294L,
                        Optional.of(new SystemdUnit("mesos-agent.service"))));
        assertThat(read(NEEDED).mesos())
                .isEqualTo(new AgentConfig.MesosSources(Optional.empty(), Optional.empty(), false));
    }

    @Test
    void ancestryNeedsASourceOfFirstProcesses() {
        Map<String, String> on = new HashMap<>(NEEDED);
        on.put("ANCESTRY", "on");

        assertThatThrownBy(() -> read(on)).hasMessageContaining("MESOS_IAM_AGENT_ANCESTRY needs MESOS_RUNTIME_DIR");
    }

    @Test
    void allProblemsAreReportedTogether() {
        assertThatThrownBy(() -> AgentConfig.from(Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS", "http://a.example",
                        "MESOS_IAM_AGENT_LISTEN", "somewhere:http",
                        "MESOS_IAM_AGENT_LOG_LEVEL", "loud")::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "MESOS_IAM_AGENT_CONTROLLERS must be wss://host:port, is 'http://a.example'",
                        "MESOS_IAM_AGENT_CERTIFICATE must be set",
                        "MESOS_IAM_AGENT_KEY must be set",
                        "MESOS_IAM_AGENT_CA must be set",
                        "MESOS_IAM_AGENT_MESOS_AGENT_ID or MESOS_IAM_AGENT_MESOS_WORK_DIR must be set",
                        "MESOS_IAM_AGENT_LISTEN ",
                        "MESOS_IAM_AGENT_LOG_LEVEL must be debug, info, warning or error, is 'loud'");
    }

    @ParameterizedTest
    @CsvSource({
        "CONTROLLERS, ws://a.example",
        "CONTROLLERS, wss://a.example/other/path",
        "CONTROLLERS, wss://a.example?x=y",
        "CONTROLLERS, wss://a.example",
        "CONTROLLERS, wss://a.example:0",
        "CONTROLLERS, wss://a.example:65536",
        "CONTROLLERS, wss:///",
        "CONTROLLERS, not a uri",
        "LISTEN, 127.0.0.1",
        "LISTEN, example.com:80",
        "LISTEN, 127.0.0.1:70000",
        "PATHS, no/slash",
        "PATHS, /a?b",
        "PATHS, /a/",
        "PATHS, /latest/meta-data",
        "IMDS_V1, yes",
        "REQUIRE_AUTHORIZATION, true",
        "METADATA_PATHS, iam",
        "METADATA_PATHS, iam/info",
        "METADATA_PATHS, identity-credentials/ec2/info",
        "METADATA_PATHS, managed-ssh-keys/signer-cert",
        "METADATA_PATHS, public-keys/0/openssh-key",
        "METADATA_PATHS, ../user-data",
        "METADATA_PATHS, placement/../iam/info",
        "METADATA_PATHS, ./iam/info",
        "METADATA_PATHS, /iam/info",
        "METADATA_PATHS, placement//region",
        "METADATA_PATHS, instance-id?x",
        "METADATA_PATHS, %69am/info",
        "METADATA_URL, https://169.254.169.254",
        "METADATA_URL, http://169.254.169.254/latest",
        "METADATA_URL, 169.254.169.254",
        "METRICS_LISTEN, 51680",
        "METRICS_LISTEN, on",
        "ASKS_PER_SECOND, many",
        "ASKS_PER_SECOND, -1",
        "ASKS_PER_SECOND, 4294967295",
        "DESTINATIONS, metadata:80",
        "CGROUPS_ROOT, /mesos",
        "DOCKER_SOCKET, docker.sock",
        "MESOS_URL, 127.0.0.1:5051",
        "MESOS_URL, http://127.0.0.1:5051/api/v1",
        "MESOS_URL, https://host-1:5051",
        "MESOS_RUNTIME_DIR, run/mesos",
        "MESOS_USER, mesos",
        "ANCESTRY, maybe",
        "MESOS_UNIT, ../mesos-agent.service",
        "REDIRECT, perhaps",
    })
    void wrongValueIsNamed(String variable, String value) {
        Map<String, String> with = new HashMap<>(NEEDED);
        with.put(variable, value);

        assertThatThrownBy(() -> read(with))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("MESOS_IAM_AGENT_" + variable + " ")
                .hasMessageContaining("'" + value + "'");
    }

    @Test
    void redirectIsOffByDefault() {
        assertThat(read(NEEDED).redirect()).isEmpty();
    }

    @Test
    void redirectListensOnAllAddresses() {
        Map<String, String> on = new HashMap<>(NEEDED);
        on.put("REDIRECT", "on");

        AgentConfig config = read(on);

        assertThat(config.endpoint().listen())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 51679));
        assertThat(config.redirect()).contains(RedirectSettings.defaults(51679));
        on.put("LISTEN", "127.0.0.1:51679");
        assertThatThrownBy(() -> read(on)).hasMessageStartingWith("MESOS_IAM_AGENT_LISTEN must be 0.0.0.0:port");
    }

    @Test
    void allSettingsOfTheRedirectAreRead() {
        Map<String, String> on = new HashMap<>(NEEDED);
        on.putAll(Map.of(
                "REDIRECT", "on",
                "LISTEN", "0.0.0.0:7000",
                "REDIRECT_CGROUPS", "mesos,docker.slice",
                "REDIRECT_NET_CLS_HANDLE", "0x12",
                "REDIRECT_HOST_UIDS", "990, 991",
                "CONNECTIONS_PER_SOURCE", "20",
                "TRANSLATED_SOURCES", "on"));

        assertThat(read(on).redirect())
                .contains(new RedirectSettings(
                        7000,
                        List.of("docker.slice", "mesos"),
                        OptionalInt.of(0x12),
                        new TreeSet<>(List.of(990, 991)),
                        20,
                        true,
                        RedirectSettings.CHECK_EVERY));
    }

    @ParameterizedTest
    @CsvSource({
        "REDIRECT_CGROUPS, ../etc",
        "REDIRECT_NET_CLS_HANDLE, 0x10000",
        "REDIRECT_HOST_UIDS, root",
        "CONNECTIONS_PER_SOURCE, -1"
    })
    void wrongSettingOfTheRedirectIsNamed(String variable, String value) {
        Map<String, String> on = new HashMap<>(NEEDED);
        on.put("REDIRECT", "on");
        on.put(variable, value);

        assertThatThrownBy(() -> read(on)).hasMessageStartingWith("MESOS_IAM_AGENT_" + variable + " ");
    }

    private static AgentConfig read(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> environment.put("MESOS_IAM_AGENT_" + name, value));
        return AgentConfig.from(environment::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONTROLER_ADDRESS", "LISTEN_ADDRESS", "X"})
    void unknownVariableIsRefused(String name) {
        Map<String, String> environment = new HashMap<>();
        NEEDED.forEach((setting, value) -> environment.put("MESOS_IAM_AGENT_" + setting, value));
        environment.put("MESOS_IAM_CHANNEL_PORT", "the controller's");
        assertThat(AgentConfig.from(environment)).isNotNull();

        environment.put("MESOS_IAM_AGENT_" + name, "1");

        assertThatThrownBy(() -> AgentConfig.from(environment))
                .hasMessage("MESOS_IAM_AGENT_" + name + " is no setting of the agent: see docs/agent.md");
    }

    @ParameterizedTest
    @CsvSource({
        "MESOS_IAM_AGENT_CONTROLER, MESOS_IAM_AGENT_CONTROLLERS",
        "MESOS_IAM_AGENT_CONTROLERS, MESOS_IAM_AGENT_CONTROLLERS",
        "MESOS_IAM_AGENT_REDIRECT_CGROUP, MESOS_IAM_AGENT_REDIRECT_CGROUPS",
        "MESOS_IAM_AGENT_METRIC_LISTEN, MESOS_IAM_AGENT_METRICS_LISTEN",
        "MESOS_IAM_AGNET_LISTEN, MESOS_IAM_AGENT_LISTEN",
        "MESOSIAM_AGENT_LISTEN, MESOS_IAM_AGENT_LISTEN"
    })
    void misspeltVariableIsRefusedWithASuggestion(String name, String meant) {
        Map<String, String> environment = new HashMap<>();
        NEEDED.forEach((setting, value) -> environment.put("MESOS_IAM_AGENT_" + setting, value));
        environment.put(name, "1");

        assertThatThrownBy(() -> AgentConfig.from(environment))
                .hasMessage(name + " is no setting of the agent: did you mean " + meant + "? See docs/agent.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"REDIRECT_NET_CLS_HANDLE", "REDIRECT_HOST_UIDS", "CONNECTIONS_PER_SOURCE"})
    void settingOfTheRedirectIsCheckedWhileTheRedirectIsOff(String name) {
        Map<String, String> environment = new HashMap<>();
        NEEDED.forEach((setting, value) -> environment.put("MESOS_IAM_AGENT_" + setting, value));
        environment.put("MESOS_IAM_AGENT_" + name, "1");
        assertThat(AgentConfig.from(environment).redirect()).isEmpty();

        environment.put("MESOS_IAM_AGENT_" + name, "many");

        assertThatThrownBy(() -> AgentConfig.from(environment)).hasMessageStartingWith("MESOS_IAM_AGENT_" + name + " ");
    }

    @Test
    void everySettingIsDocumented() throws Exception {
        String documentation = Files.readString(Path.of("docs/agent.md"));
        List<String> read = new ArrayList<>();

        assertThatThrownBy(() -> AgentConfig.from(name -> {
                    read.add(name);
                    return null;
                }))
                .isInstanceOf(IllegalArgumentException.class);

        var switchedOn = Map.of("MESOS_IAM_AGENT_REDIRECT", "on");
        assertThatThrownBy(() -> AgentConfig.from(name -> {
                    read.add(name);
                    return switchedOn.get(name);
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(read).isNotEmpty().allSatisfy(name -> assertThat(documentation)
                .contains("`" + name + "`"));
    }
}
