package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Instance;
import io.mesosiam.fakes.HostKey;
import io.mesosiam.fakes.InstanceSigner;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that enrol by their EC2 instance, with the controller as a separate process and an EC2 that speaks the real protocol. */
class InstanceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ONE = "ip-10-0-0-1.eu-central-1.compute.internal";
    private static final String TWO = "ip-10-0-0-2.eu-central-1.compute.internal";

    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private final FakeEc2 ec2 = FakeEc2.start();
    private final InstanceSigner aws = new InstanceSigner();
    private final int enrolment = TestPort.claim();
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa unused;
    private Map<String, String> settings;

    @BeforeEach
    void site() throws Exception {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
        unused = TestCa.in(Files.createDirectory(directory.resolve("unused")));
        settings = ControllerProcess.settings(database, master, sts, unused, unused.issue("dns:localhost"));
        settings.remove("MESOS_IAM_CHANNEL_CA_FILE");
        settings.putAll(Map.of(
                "MESOS_IAM_CHANNEL_CERTIFICATE_FILE", file("controller.pem"),
                "MESOS_IAM_CHANNEL_KEY_FILE", file("controller.key"),
                "MESOS_IAM_ENROL_KEY_FILE", file("enrol.key"),
                "MESOS_IAM_ENROL_HOST", "127.0.0.1",
                "MESOS_IAM_ENROL_PORT", String.valueOf(enrolment),
                "MESOS_IAM_ENROL_EC2_ACCOUNTS", "111122223333",
                "MESOS_IAM_ENROL_EC2_ENDPOINT", ec2.uri().toString(),
                "MESOS_IAM_ENROL_EC2_CERTIFICATES_FILE",
                        aws.file(directory.resolve("regions.pem"), "eu-central-1")
                                .toString(),
                "MESOS_IAM_ENROL_EC2_CALL_TIMEOUT", "8s"));
        settings.put("MESOS_IAM_ENROL_EC2_POLL_INTERVAL", "1s");
        Files.writeString(directory.resolve("passphrase"), "correct horse battery\n");
        ca("init", "--root-file=" + file("root.pem"), "--passphrase-file=" + file("passphrase"));
        ca(
                "controller",
                "--name=localhost",
                "--certificate-file=" + file("controller.pem"),
                "--tls-key-file=" + file("controller.key"));
        Files.writeString(
                directory.resolve("roots.pem"),
                Files.readString(directory.resolve("root.pem"))
                        .replaceFirst("(?s).*(-----BEGIN CERTIFICATE-----.*-----END CERTIFICATE-----).*", "$1\n"));
    }

    @AfterEach
    void close() {
        master.close();
        sts.close();
        ec2.close();
        database.close();
    }

    @Test
    void instanceEnrolsAndASecondClaimSuspendsItAndATerminationEndsItsLeases() throws Exception {
        Instance one = ec2.put(Instance.running("i-00000000000000001", ONE));
        Instance two = ec2.put(Instance.running("i-00000000000000002", TWO));
        String framework =
                master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        String mesosAgent = master.cluster().register(new AgentSpec(ONE, "10.0.0.1", 5051, Map.of()));
        master.cluster().launch(TaskSpec.command("task-1", framework, mesosAgent, "web"));
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            controller.awaitReady();
            HostKey key = HostKey.random();
            HttpResponse<String> enrolled = awaitAnswer(one, ONE, key);
            assertThat(enrolled.statusCode())
                    .as(enrolled.body() + controller.text())
                    .isEqualTo(200);
            JsonNode certificate = JSON.readTree(enrolled.body()).get("certificate");

            try (AgentView agent = AgentView.start(
                    directory,
                    unused,
                    key.files(directory, "host", certificate.textValue()),
                    Map.of(
                            "MESOS_IAM_AGENT_CA",
                            file("roots.pem"),
                            "MESOS_IAM_AGENT_CONTROLLERS",
                            controller.uri(),
                            "MESOS_IAM_AGENT_HOSTNAME",
                            ONE,
                            "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                            mesosAgent))) {
                agent.awaitLeases(1);

                secondClaimSuspends(two);

                ec2.put(one.in("terminated"));
                await("the lease has ended", () -> database.query("select state || ' ' || reason from lease")
                        .equals(List.of("reaped instance " + one.id() + " terminated")));
                await("the agent has lost its stream", () -> agent.log().contains("code=evicted"));
            }
            assertThat(database.query(
                            "select object || ' ' || message from audit_event where kind = 'instance.terminated'"))
                    .containsExactly(
                            "instance:" + one.id() + " instance " + one.id() + " of host " + ONE + " is terminated");
            assertThat(database.query("select count(*) from audit_event where kind = 'lease.reaped' and message like '%"
                            + one.id() + " terminated%'"))
                    .containsExactly("1");
        }
    }

    private void secondClaimSuspends(Instance two) throws Exception {
        assertThat(claim(two, TWO, HostKey.random()).statusCode()).isEqualTo(200);
        HttpResponse<String> second = claim(two, TWO, HostKey.random());

        assertThat(second.statusCode()).isEqualTo(403);
        assertThat(second.body()).isEqualTo("{\"code\":\"refused\"}");
        assertThat(database.query("select hostname from host where evicted_at is not null"))
                .containsExactly(TWO);
    }

    /** The port opens a moment after the controller is ready. */
    private HttpResponse<String> awaitAnswer(Instance instance, String name, HostKey key) {
        return Awaitility.await("the enrolment port")
                .atMost(TimeLimit.seconds(20))
                .ignoreExceptions()
                .until(() -> claim(instance, name, key), answer -> answer.statusCode() != 503);
    }

    private HttpResponse<String> claim(Instance instance, String name, HostKey key) throws Exception {
        String body = JSON.writeValueAsString(Map.of(
                "hostname",
                name,
                "csr",
                key.request(name),
                "ec2Identity",
                Base64.getEncoder().encodeToString(aws.sign(instance))));
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(TestTls.context(directory.resolve("roots.pem"), Optional.empty()))
                .build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + enrolment + "/v1/enrol"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString(StandardCharsets.UTF_8));
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(TimeLimit.seconds(30)).until(condition);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void ca(String... arguments) throws IOException, InterruptedException {
        assertThat(ControllerProcess.ca(directory, settings, arguments)).doesNotContain("correct horse");
    }
}
