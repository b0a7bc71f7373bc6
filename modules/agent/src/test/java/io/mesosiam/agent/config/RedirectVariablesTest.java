package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.redirect.RedirectSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of the redirect. */
class RedirectVariablesTest extends SettingsFixture {
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
                "DOCKER_SOCKET", "/run/docker.sock",
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
                        true,
                        new TreeSet<>(List.of(990, 991)),
                        20,
                        true,
                        RedirectSettings.CHECK_EVERY));
    }

    @Test
    void dockerRunsNoTasksIfItsSocketIsNone() {
        Map<String, String> on = new HashMap<>(NEEDED);
        on.putAll(Map.of("REDIRECT", "on", "DOCKER_SOCKET", "none"));

        assertThat(read(on).redirect()).contains(RedirectSettings.defaults(51679));
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
}
