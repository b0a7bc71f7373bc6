package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a host: the authority, a join token, the agent's enrolment, and its eviction. */
class EnrolmentIT {
    private static final String HOST = "host7.mesos.test";
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"(mij_[^\"]+)\"");

    @TempDir
    private Path directory;

    @Test
    void hostEnrolsConnectsAndIsEvicted() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start();
                HttpClient http = HttpClient.newHttpClient()) {
            String mesosAgent = master.cluster().register(new AgentSpec(HOST, "127.0.0.1", 5051, Map.of()));
            TestCa unused = TestCa.in(Files.createDirectory(directory.resolve("unused")));
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, unused, unused.issue("dns:localhost"));
            settings.remove("MESOS_IAM_CHANNEL_CA_FILE");
            settings.put("MESOS_IAM_CHANNEL_CERTIFICATE_FILE", file("controller.pem"));
            settings.put("MESOS_IAM_CHANNEL_KEY_FILE", file("controller.key"));
            settings.put("MESOS_IAM_ENROL_KEY_FILE", file("enrol.key"));
            settings.put("MESOS_IAM_ENROL_HOST", "127.0.0.1");
            settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
            settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin");
            Files.writeString(directory.resolve("passphrase"), "correct horse battery\n");
            ca(settings, "init", "--root-file=" + file("root.pem"), "--passphrase-file=" + file("passphrase"));
            ca(
                    settings,
                    "controller",
                    "--name=localhost",
                    "--certificate-file=" + file("controller.pem"),
                    "--tls-key-file=" + file("controller.key"));
            int api = TestPort.claim();
            int enrol = TestPort.claim();
            settings.put("QUARKUS_HTTP_PORT", String.valueOf(api));
            settings.put("MESOS_IAM_ENROL_PORT", String.valueOf(enrol));
            try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
                controller.awaitReady();
                URI uri = URI.create("http://127.0.0.1:" + api + "/api/v1/");
                Matcher made = TOKEN.matcher(
                        send(http, uri.resolve("join-tokens?reason=test"), "{\"hostname\": \"" + HOST + "\"}"));
                assertThat(made.find()).isTrue();
                String token = made.group(1);
                Files.writeString(directory.resolve("token"), token + "\n");
                try (AgentProcess agent = AgentProcess.start(
                        AgentProgram.underTest(),
                        directory,
                        Map.of(
                                "MESOS_IAM_AGENT_CONTROLLERS",
                                controller.uri(),
                                "MESOS_IAM_AGENT_ENROL",
                                "https://localhost:" + enrol,
                                "MESOS_IAM_AGENT_JOIN_TOKEN_FILE",
                                file("token"),
                                "MESOS_IAM_AGENT_STATE",
                                file("state"),
                                "MESOS_IAM_AGENT_HOSTNAME",
                                HOST,
                                "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                                mesosAgent,
                                "MESOS_IAM_AGENT_CGROUPS_ROOT",
                                "mesos-iam-enrolment-" + ProcessHandle.current().pid(),
                                "MESOS_IAM_AGENT_LISTEN",
                                "127.0.0.1:0"))) {
                    await("the host is connected", () -> hosts(http, uri).contains("\"connected\":true"));
                    assertThat(agent.log()).contains("host enrolled").doesNotContain(token);
                    assertThat(hosts(http, uri)).contains("\"proof\":\"join-token\"", "\"evicted\":false");

                    String evicted = send(http, uri.resolve("hosts/" + HOST + "/evict?reason=stolen"), "");

                    assertThat(evicted).contains("\"evicted\":true");
                    await("the agent is cut off", () -> agent.log().contains("evicted"));
                    await("no stream is open", () -> hosts(http, uri).contains("\"connected\":false"));
                    assertThat(controller.text())
                            .contains("host certificate signed hostname=" + HOST, "code=evicted")
                            .doesNotContain(token, "BEGIN PRIVATE KEY", "correct horse");
                }
            }
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) {
        Awaitility.await(what).atMost(TimeLimit.seconds(30)).until(condition::holds);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void ca(Map<String, String> settings, String... arguments) throws IOException, InterruptedException {
        assertThat(ControllerProcess.ca(directory, settings, arguments)).doesNotContain("correct horse");
    }

    private static String hosts(HttpClient http, URI api) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(api.resolve("hosts")).build(), BodyHandlers.ofString())
                .body();
    }

    private static String send(HttpClient http, URI uri, String body) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
