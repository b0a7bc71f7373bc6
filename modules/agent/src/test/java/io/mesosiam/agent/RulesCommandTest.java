package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.config.WrongSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RulesCommandTest {
    private static final String REDIRECT = "MESOS_IAM_AGENT_REDIRECT";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int print(Map<String, String> environment) {
        return RulesCommand.run(
                List.of("--print"), environment::get, new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    /** No rules are printed: output that is piped into the packet filter changes nothing. */
    @Test
    void withTheRedirectOffACommentIsPrintedInsteadOfRules() {
        for (Map<String, String> environment : List.of(Map.<String, String>of(), Map.of(REDIRECT, "off"))) {
            out.reset();
            assertThat(print(environment)).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo(
                            "# MESOS_IAM_AGENT_REDIRECT is off: the agent installs no rules. Set it to on to see them.\n");
        }
    }

    @Test
    void withTheRedirectOffAnyListenAddressIsAccepted() {
        assertThat(print(Map.of("MESOS_IAM_AGENT_LISTEN", "127.0.0.1:51679"))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("# MESOS_IAM_AGENT_REDIRECT is off");
    }

    @Test
    void withTheRedirectOnTheRulesArePrinted() {
        int code = print(Map.of(REDIRECT, "on"));

        String printed = out.toString(StandardCharsets.UTF_8);
        // 1 if this machine lacks the packet filter's program; the output reports that
        assertThat(printed).isNotEmpty().doesNotContain("is off");
        assertThat(code).isEqualTo(printed.contains("51679") ? 0 : 1);
    }

    @Test
    void wrongSettingIsReportedWithTheRedirectOnOrOff() {
        for (String on : List.of("on", "off")) {
            assertThatThrownBy(() -> print(Map.of(REDIRECT, on, "MESOS_IAM_AGENT_CONNECTIONS_PER_SOURCE", "many")))
                    .isInstanceOf(WrongSettings.class)
                    .hasMessageContaining("MESOS_IAM_AGENT_CONNECTIONS_PER_SOURCE must be a whole number, is 'many'");
        }
    }
}
