package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.config.AgentConfig.MesosAgent;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosAgentSettings;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.mesos.SystemdUnit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest extends SettingsFixture {
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
                        "MESOS_IAM_AGENT_CERTIFICATE with KEY and CA must be set",
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
}
