package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.ControllerCheck;
import io.mesosiam.agent.doctor.Finding;
import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent's doctor reports of a running controller's certificate and of its own. */
class RefusedCertificatesIT {
    @TempDir
    private Path directory;

    /** What doctor finds with one set of certificates. */
    private record Case(String host, TestCa trusted, Optional<TestCa.Identity> identity, String mesosAgentId) {
        Case(String host, TestCa trusted, Optional<TestCa.Identity> identity) {
            this(host, trusted, identity, "");
        }

        Finding run(int port) {
            return new ControllerCheck(
                            List.of(URI.create("wss://" + host + ":" + port)),
                            () -> mesosAgentId,
                            () -> TestTls.context(trusted.certificateFile(), identity),
                            false,
                            TimeLimit.of(ControllerCheck.USUAL_LIMIT))
                    .findings()
                    .getFirst();
        }
    }

    @Test
    void doctorExplainsEachRefusedCertificate() throws Exception {
        TestCa ca = ca("ca");
        TestCa other = ca("other");
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start();
                ControllerProcess controller = ControllerProcess.start(
                        directory,
                        "controller-1",
                        ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost")))) {
            controller.awaitReady();
            int port = URI.create(controller.uri()).getPort();

            Optional<TestCa.Identity> own = Optional.of(ca.issue("dns:localhost"));
            assertThat(new Case("localhost", ca, own).run(port).level()).isEqualTo(Level.OK);

            Finding stranger = new Case("localhost", ca, Optional.of(other.issue("dns:localhost"))).run(port);
            assertFailure(stranger, "the controller refused this agent's certificate");
            assertThat(stranger.cure()).contains("MESOS_IAM_AGENT_CERTIFICATE", "mesos-iam.channel.ca-file");

            Finding expired = new Case("localhost", ca, Optional.of(ca.issueExpired("dns:localhost"))).run(port);
            assertFailure(expired, "the controller refused this agent's certificate");
            assertThat(expired.cure()).contains("expired");

            assertFailure(new Case("localhost", ca, Optional.empty()).run(port), "certificate");

            Finding otherCa = new Case("localhost", other, own).run(port);
            assertFailure(otherCa, "the controller's certificate is not of a CA in MESOS_IAM_AGENT_CA");
            assertThat(otherCa.cure()).contains("removed the root", "docs/agent.md#enrol-a-host");

            Finding name = new Case("127.0.0.1", ca, own).run(port);
            assertFailure(name, "the controller's certificate names another host");
            assertThat(name.cure()).contains("MESOS_IAM_AGENT_CONTROLLERS");

            Finding unlisted = new Case("localhost", ca, own, "no-such-agent").run(port);
            assertThat(unlisted.level()).isEqualTo(Level.WARNING);
            assertThat(unlisted.text()).contains("code=not-registered");

            database.execute(
                    "insert into host (hostname, evicted_at, eviction_reason) values ('localhost', now(), 'stolen')");
            Awaitility.await().atMost(TimeLimit.seconds(20)).untilAsserted(() -> {
                Finding evicted = new Case("localhost", ca, own).run(port);
                assertFailure(evicted, "does not admit this host, code=evicted");
                assertThat(evicted.cure())
                        .contains("once an operator lets the host return")
                        .doesNotContain("JOIN_TOKEN");
            });
        }
    }

    private TestCa ca(String name) throws Exception {
        return TestCa.in(Files.createDirectory(directory.resolve(name)));
    }

    private static void assertFailure(Finding finding, String text) {
        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains(text);
    }
}
