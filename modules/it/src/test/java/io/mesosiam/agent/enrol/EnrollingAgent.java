package io.mesosiam.agent.enrol;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A controller that the test plays, with both of its ports, and agents that enrol there. */
public final class EnrollingAgent implements AutoCloseable {
    final TestAuthority authority = new TestAuthority("own");
    final FakeEnrolmentPort port;
    final FakeController controller;
    final Path state;
    final Path token;

    private final Path directory;
    private final Duration lifetime;

    /** @param lifetime of the certificates */
    public EnrollingAgent(Path directory, Duration lifetime) throws Exception {
        this.directory = directory;
        this.lifetime = lifetime;
        this.state = directory.resolve("state");
        this.token = Files.writeString(
                directory.resolve("token"), new String(authority.token().text().reveal(), StandardCharsets.US_ASCII));
        Path root = Files.writeString(directory.resolve("root.pem"), authority.rootPem());
        this.port = new FakeEnrolmentPort(authority);
        this.controller = new FakeController(root, authority.serverFiles(directory, "localhost"));
        port.on("POST /v1/enrol", FakeEnrolmentPort.signs(authority, this::leaf));
    }

    Leaf leaf(PublicKey key) {
        Instant now = Instant.now();
        return Leaf.of(key, now).valid(now.minus(Duration.ofMinutes(5)), now.plus(lifetime));
    }

    public Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS",
                controller.uri().toString(),
                "MESOS_IAM_AGENT_ENROL",
                port.uri().toString(),
                "MESOS_IAM_AGENT_JOIN_TOKEN_FILE",
                token.toString(),
                "MESOS_IAM_AGENT_STATE",
                state.toString(),
                "MESOS_IAM_AGENT_HOSTNAME",
                "host-1",
                "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                "f00d-S1",
                "MESOS_IAM_AGENT_CGROUPS_ROOT",
                "mesos-iam-enrol-" + ProcessHandle.current().pid(),
                "MESOS_IAM_AGENT_LISTEN",
                "127.0.0.1:0",
                "MESOS_IAM_AGENT_METRICS_LISTEN",
                "127.0.0.1:0"));
    }

    public FakeController controller() {
        return controller;
    }

    /** The answer to a request for the next certificate. */
    public Certificate renewed(CertificateRequest request) throws Exception {
        return new Certificate(authority.chain(leaf(FakeEnrolmentPort.key(request.csr()))), authority.rootPem());
    }

    AgentProcess start() throws Exception {
        return AgentProcess.start(AgentProgram.underTest(), directory, settings());
    }

    @Override
    public void close() throws IOException {
        port.close();
        controller.close();
    }
}
