package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.doctor.CertificateCheck;
import io.mesosiam.agent.doctor.ConnectCheck;
import io.mesosiam.agent.doctor.ControllerCheck;
import io.mesosiam.agent.doctor.KernelCheck;
import io.mesosiam.agent.doctor.MakerCheck;
import io.mesosiam.agent.doctor.MetricsCheck;
import io.mesosiam.agent.doctor.NameCheck;
import io.mesosiam.agent.doctor.TokenCheck;
import io.mesosiam.agent.enrol.EnrolmentCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private static final Map<String, String> NEEDED = Map.of(
            "MESOS_IAM_AGENT_CONTROLLERS", "wss://controller.example.com:8443",
            "MESOS_IAM_AGENT_CERTIFICATE", "/etc/mesos-iam/agent.pem",
            "MESOS_IAM_AGENT_KEY", "/etc/mesos-iam/agent.key",
            "MESOS_IAM_AGENT_CA", "/etc/mesos-iam/ca.pem",
            "MESOS_IAM_AGENT_MESOS_AGENT_ID", "S1");
    private static final AgentConfig CONFIG = AgentConfig.from(NEEDED);

    @Test
    void misspeltVariableIsRefusedByDoctorAsByTheAgent() {
        Map<String, String> environment = new HashMap<>(NEEDED);
        environment.put("MESOS_IAM_AGENT_LISTN", "127.0.0.1:51679");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> DoctorCommand.run(List.of(), environment, System.out))
                .withMessageContaining("did you mean MESOS_IAM_AGENT_LISTEN?");
    }

    @Test
    void hostThatIsNotEnrolledYetHasNoCertificateToCheck() {
        Map<String, String> environment = new HashMap<>(NEEDED);
        List.of("CERTIFICATE", "KEY", "CA").forEach(name -> environment.remove("MESOS_IAM_AGENT_" + name));
        environment.put("MESOS_IAM_AGENT_STATE", "/absent/state");

        assertThat(DoctorCommand.atStart(AgentConfig.from(environment), List::of)
                        .checks())
                .hasAtLeastOneElementOfType(EnrolmentCheck.class)
                .doesNotHaveAnyElementsOfTypes(CertificateCheck.class, NameCheck.class);
    }

    @Test
    void agentStartOpensNoSecondConnectionToTheControllers() {
        assertThat(DoctorCommand.atStart(CONFIG, List::of).checks())
                .isNotEmpty()
                .doesNotHaveAnyElementsOfTypes(ControllerCheck.class);
    }

    @Test
    void commandChecksTheMetadataServiceAndThePortOfTheMetrics() {
        assertThat(DoctorCommand.allChecks(CONFIG).checks())
                .hasAtLeastOneElementOfType(TokenCheck.class)
                .hasAtLeastOneElementOfType(MetricsCheck.class);
    }

    @Test
    void commandAlsoNamesTheKernelConnectsToTheControllersRecordsMakersAndLimitsConnections() {
        assertThat(DoctorCommand.allChecks(CONFIG).checks())
                .hasSize(DoctorCommand.atStart(CONFIG, List::of).checks().size() + 4)
                .hasAtLeastOneElementOfType(KernelCheck.class)
                .hasAtLeastOneElementOfType(ControllerCheck.class)
                .hasAtLeastOneElementOfType(MakerCheck.class)
                .hasAtLeastOneElementOfType(ConnectCheck.class);
    }
}
