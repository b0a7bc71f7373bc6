package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TimeLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent program that enrols its host, with a controller that the test plays. */
class EnrolledAgentIT {
    private static final Duration DAY = Duration.ofDays(1);

    /** Renewed after 8 to 12 s. */
    private static final Duration SHORT = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private static FakeController.Connection greeted(FakeController controller) throws Exception {
        FakeController.Connection agent = controller.accept();
        assertThat(agent.next(Hello.class).hostname()).isEqualTo("host-1");
        agent.send(new Sync(1, List.of()));
        return agent;
    }

    private static void awaitLog(AgentProcess agent, String text) {
        Awaitility.await(text).atMost(TimeLimit.seconds(20)).until(() -> agent.log()
                .contains(text));
    }

    @Test
    void agentEnrolsWithItsTokenAndRenewsItsCertificateOverTheStream() throws Exception {
        try (EnrollingAgent host = new EnrollingAgent(directory, SHORT);
                AgentProcess agent = host.start()) {
            FakeController.Connection stream = greeted(host.controller);
            awaitLog(agent, "host enrolled");

            PublicKey next =
                    FakeEnrolmentPort.key(stream.next(CertificateRequest.class).csr());
            assertThat(next).isNotEqualTo(stream.certificate().getPublicKey());
            stream.send(new Certificate(host.authority.chain(host.leaf(next)), host.authority.rootPem()));
            awaitLog(agent, "certificate renewed");

            stream.close();
            assertThat(greeted(host.controller).certificate().getPublicKey()).isEqualTo(next);
            assertThat(agent.stop()).isZero();
            assertThat(agent.log()).doesNotContain("mij_", "BEGIN", "unexpected failure");
        }
    }

    @Test
    void restartedAgentNeedsNoToken() throws Exception {
        try (EnrollingAgent host = new EnrollingAgent(directory, DAY)) {
            PublicKey key;
            try (AgentProcess agent = host.start()) {
                key = greeted(host.controller).certificate().getPublicKey();
                assertThat(agent.stop()).isZero();
            }
            Files.delete(host.token);
            int requests = host.port.requests().size();

            try (AgentProcess again = host.start()) {
                assertThat(greeted(host.controller).certificate().getPublicKey())
                        .isEqualTo(key);
                assertThat(host.port.requests()).hasSize(requests);
                assertThat(again.stop()).isZero();
            }
        }
    }

    @Test
    void agentThatIsStoppedWhileItWaitsForItsFirstLeasesHasNotFailed() throws Exception {
        try (EnrollingAgent host = new EnrollingAgent(directory, DAY);
                AgentProcess agent = host.start()) {
            host.controller.accept().next(Hello.class);

            assertThat(agent.stop()).isZero();
            assertThat(agent.log()).doesNotContain("can not start", "could not stop");
        }
    }

    @Test
    void stateThatOthersCanReadEndsTheAgent() throws Exception {
        try (EnrollingAgent host = new EnrollingAgent(directory, DAY)) {
            Files.createDirectory(
                    host.state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

            try (AgentProcess agent = host.start()) {
                assertThat(agent.exitCode()).isEqualTo(1);
                assertThat(agent.log())
                        .contains(
                                "can not start: MESOS_IAM_AGENT_STATE=" + host.state + ": can be used by other users");
            }
            assertThat(host.port.requests()).isEmpty();
        }
    }

    @Test
    void ownCertificateAndTokenEndTheAgent() throws Exception {
        try (EnrollingAgent host = new EnrollingAgent(directory, DAY)) {
            Map<String, String> settings = host.settings();
            settings.put("MESOS_IAM_AGENT_CERTIFICATE", "/etc/mesos-iam/certificate.pem");

            try (AgentProcess agent = AgentProcess.start(AgentProgram.underTest(), directory, settings)) {
                assertThat(agent.exitCode()).isEqualTo(2);
                assertThat(agent.log()).contains("wrong setting: MESOS_IAM_AGENT_ENROL can't be set together with");
            }
        }
    }
}
