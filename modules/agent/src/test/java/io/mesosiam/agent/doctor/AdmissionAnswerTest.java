package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AdmissionAnswerTest {
    private static final URI CONTROLLER = URI.create("wss://controller.example:8443");

    private static String cureOfAnEvictedHost(boolean enrols) {
        String body = new String(
                ControllerMessageCodec.encode(Fault.lasting("evicted", "operators have evicted the host")),
                StandardCharsets.UTF_8);
        return AdmissionAnswer.refused(CONTROLLER, body, enrols).cure();
    }

    @Test
    void evictedHostThatEnrolsNeedsAnotherJoinToken() {
        assertThat(cureOfAnEvictedHost(true)).contains("MESOS_IAM_AGENT_JOIN_TOKEN_FILE");
    }

    /** The agent refuses to start with a join token beside certificate files. */
    @Test
    void evictedHostWithCertificateFilesNeedsNoJoinToken() {
        assertThat(cureOfAnEvictedHost(false))
                .contains("once an operator lets the host return")
                .doesNotContain("JOIN_TOKEN");
    }
}
