package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.enrol.HostileAgent;
import io.mesosiam.agent.enrol.HostileAgent.Request;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an attacker on an enrolled host gets of two controllers, and how long after the host's eviction. */
class HostileHostIT {
    private static final String HOST = "host-1.example";
    private static final String OTHER = "host-2.example";

    /** The guarantee is one second on an otherwise idle machine. */
    private static final Duration EVICTED_WITHIN = TimeLimit.seconds(1);

    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int api = TestPort.claim();
    private final int enrolment = TestPort.claim();
    private SandboxMaster master;
    private SandboxSts sts;
    private Map<String, String> settings;
    private String mesosAgent;
    private String otherMesosAgent;
    private String framework;

    @BeforeEach
    void site() throws Exception {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        mesosAgent = master.cluster().register(new AgentSpec(HOST, "127.0.0.1", 5051, Map.of()));
        otherMesosAgent = master.cluster().register(new AgentSpec(OTHER, "127.0.0.2", 5051, Map.of()));
        framework = master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
        TestCa unused = TestCa.in(Files.createDirectory(directory.resolve("unused")));
        settings = ControllerProcess.settings(database, master, sts, unused, unused.issue("dns:localhost"));
        settings.remove("MESOS_IAM_CHANNEL_CA_FILE");
        settings.putAll(Map.of(
                "MESOS_IAM_CHANNEL_CERTIFICATE_FILE",
                file("controller.pem"),
                "MESOS_IAM_CHANNEL_KEY_FILE",
                file("controller.key"),
                "MESOS_IAM_ENROL_KEY_FILE",
                file("enrol.key"),
                "MESOS_IAM_ENROL_HOST",
                "127.0.0.1",
                "MESOS_IAM_API_PLAIN_HTTP",
                "true",
                "MESOS_IAM_SIGN_IN_LOOPBACK_ROLES",
                "admin"));
        Files.writeString(directory.resolve("passphrase"), "correct horse battery\n");
        ControllerProcess.ca(
                directory,
                settings,
                "init",
                "--root-file=" + file("root.pem"),
                "--passphrase-file=" + file("passphrase"));
        ControllerProcess.ca(
                directory,
                settings,
                "controller",
                "--name=localhost",
                "--certificate-file=" + file("controller.pem"),
                "--tls-key-file=" + file("controller.key"));
    }

    @AfterEach
    void close() {
        http.close();
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void takenHostGetsNothingOfOtherHostsAndNothingAfterItsEviction() throws Exception {
        try (ControllerProcess first = ControllerProcess.start(directory, "controller-1", withPorts(api, enrolment));
                ControllerProcess second = ControllerProcess.start(
                        directory, "controller-2", withPorts(TestPort.claim(), TestPort.claim()))) {
            first.awaitReady();
            second.awaitReady();
            TestCa.Identity old = enrolled();

            try (HostileAgent impostor = connect(first, old)) {
                impostor.hello(otherMesosAgent);
                assertThat(impostor.awaitMessage("\"fault\"", "\"sync\"")).contains("host-mismatch");
            }
            TestCa.Identity next;
            try (HostileAgent thief = connect(first, old)) {
                getsNothingOfAnotherHost(thief);
                next = renewed(thief);
                try (HostileAgent renewed = connect(first, next)) {
                    renewed.hello(mesosAgent);
                    renewed.awaitMessage("\"sync\"");
                    assertThat(thief.awaitMessage("\"fault\"")).contains("superseded");

                    launch("after-renewal", mesosAgent);
                    renewed.awaitMessage("after-renewal");
                    assertThat(thief.hasReceived("after-renewal"))
                            .as("the stream of the old epoch")
                            .isFalse();
                }
            }
            isServedNowhereAfterItsEviction(first, second, old, next);
        }
    }

    private void getsNothingOfAnotherHost(HostileAgent thief) {
        try {
            launch("of-another-host", otherMesosAgent);
            thief.hello(mesosAgent, "of-another-host");
            thief.awaitMessage("\"sync\"", "of-another-host");
            for (int i = 0; i < 10; i++) {
                thief.send(new Ask("of-another-host", "default"));
            }
            launch("of-this-host", mesosAgent);
            thief.awaitMessage("of-this-host", "of-another-host");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each certificate has a stream, on another controller each. */
    private void isServedNowhereAfterItsEviction(
            ControllerProcess first, ControllerProcess second, TestCa.Identity old, TestCa.Identity next)
            throws Exception {
        try (HostileAgent one = connect(first, old);
                HostileAgent other = connect(second, next);
                HostileAgent silent = connect(second, old)) {
            one.hello(mesosAgent);
            one.awaitMessage("\"sync\"");
            other.hello(mesosAgent);
            other.awaitMessage("\"sync\"");

            assertThat(post("hosts/" + HOST + "/evict?reason=stolen", "")).contains("\"evicted\":true");

            Awaitility.await("both streams are ended")
                    .atMost(EVICTED_WITHIN)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> one.hasReceived("\"evicted\"") && other.hasReceived("\"evicted\""));
            silent.hello(mesosAgent);
            assertThat(silent.awaitMessage("\"fault\"", "\"sync\"")).contains("evicted");
        }
        for (ControllerProcess controller : List.of(first, second)) {
            for (TestCa.Identity identity : List.of(old, next)) {
                try (HostileAgent again = connect(controller, identity)) {
                    again.hello(mesosAgent);
                    assertThat(again.awaitMessage("\"fault\"", "\"sync\"")).contains("evicted");
                }
            }
        }
    }

    private TestCa.Identity enrolled() throws Exception {
        String token = field("token", post("join-tokens?reason=new+host", "{\"hostname\":\"" + HOST + "\"}"));
        Request request = Request.of(HOST);
        try (HttpClient host = HttpClient.newBuilder()
                .sslContext(TestTls.context(directory.resolve("root.pem"), Optional.empty()))
                .build()) {
            String answer = host.send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + enrolment + "/v1/enrol"))
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"hostname\":\"" + HOST + "\",\"joinToken\":\""
                                            + token + "\",\"csr\":\""
                                            + request.csr().replace("\n", "\\n") + "\"}"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return request.identity(directory, "first", field("certificate", answer));
        }
    }

    private TestCa.Identity renewed(HostileAgent agent) throws Exception {
        Request request = Request.of(HOST);
        agent.send(new CertificateRequest(request.csr()));
        return request.identity(directory, "next", field("certificate", agent.awaitMessage("\"authorities\"")));
    }

    private HostileAgent connect(ControllerProcess controller, TestCa.Identity identity) {
        return new HostileAgent(URI.create(controller.uri()), directory.resolve("root.pem"), identity);
    }

    private void launch(String container, String on) {
        TaskKey task = master.cluster().launch(TaskSpec.command("task-" + container, framework, on, "web"));
        master.cluster().starting(task, new Placement(List.of(container), "127.0.0.1", 1));
        master.cluster().running(task);
    }

    private Map<String, String> withPorts(int apiPort, int enrolmentPort) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("QUARKUS_HTTP_PORT", String.valueOf(apiPort));
        all.put("MESOS_IAM_ENROL_PORT", String.valueOf(enrolmentPort));
        return all;
    }

    /** A text of a JSON object, which has no other escape than line ends. */
    private static String field(String name, String json) {
        Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
        assertThat(value.find()).as(json).isTrue();
        return value.group(1).replace("\\n", "\n");
    }

    private String post(String path, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api + "/api/v1/" + path))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
