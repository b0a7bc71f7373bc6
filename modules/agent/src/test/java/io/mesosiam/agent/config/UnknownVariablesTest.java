package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables that are no setting, and likely misspellings. */
class UnknownVariablesTest extends SettingsFixture {
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
