package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
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
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two controllers of one cluster, as separate processes; the host's agent is connected to one of them. */
class SeveralControllersIT {
    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa ca;
    private String framework;
    private Map<String, String> settings;

    /** A controller and the address of its API. */
    private record Named(ControllerProcess process, URI api) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    @BeforeEach
    void startWhatStandsAround() throws IOException {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        ca = TestCa.in(directory);
        framework = master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
        settings = ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
        settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
        settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin");
        settings.put("MESOS_IAM_BLAST_RADIUS_PERCENT", "100");
    }

    @AfterEach
    void stop() {
        http.close();
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void changesByOneControllersApiReachTheHostsOfTheOther() throws Exception {
        try (Named first = controller("controller-1");
                Named second = controller("controller-2")) {
            Stream.of(first, second).map(Named::process).forEach(ControllerProcess::awaitReady);
            String hostname = "host-1";
            String id = master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
            for (String task : List.of("one", "two", "three")) {
                master.cluster().launch(TaskSpec.command(task, framework, id, "web"));
            }
            try (AgentView agent = AgentView.start(
                    directory, ca, hostname, id, second.process().uri())) {
                agent.awaitLeases(3);
                assertThat(database.query("select controller_id from agent")).containsExactly("controller-2");

                String explained = send(first, "GET", "/api/v1/tasks/" + framework + "/one/explain", "")
                        .body();
                assertThat(explained)
                        .contains("\"controller\":\"controller-1\"", "\"controllerId\":\"controller-2\"")
                        .contains("\"state\":\"active\"");
                assertThat(send(first, "GET", "/api/v1/tasks?fields=taskId,credentials", "")
                                .body())
                        .contains("\"controller\":\"controller-1\"", "unknown");
                assertThat(send(second, "GET", "/api/v1/tasks?fields=taskId,credentials", "")
                                .body())
                        .contains("\"controller\":\"controller-2\"", "\"all\"");

                accepted(send(
                        first,
                        "POST",
                        "/api/v1/withdrawals?reason=test",
                        "{\"frameworkId\":\"" + framework + "\",\"taskId\":\"one\"}"));
                agent.awaitLeases(2);

                accepted(send(
                        first,
                        "PUT",
                        "/api/v1/namespaces/-/policies/not-two?reason=test",
                        "{\"effect\":\"deny\",\"frameworkPrincipal\":\"svc\",\"taskName\":\"two\"}"));
                agent.awaitLeases(1);

                accepted(send(first, "POST", "/api/v1/hosts/" + hostname + "/evict?reason=test", ""));
                Awaitility.await("the host is refused")
                        .atMost(TimeLimit.seconds(20))
                        .until(() -> agent.log().contains("code=evicted"));
            }
        }
    }

    private static void accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    private Named controller(String id) throws IOException {
        int api = TestPort.claim();
        Map<String, String> own = new HashMap<>(settings);
        own.put("QUARKUS_HTTP_PORT", String.valueOf(api));
        return new Named(ControllerProcess.start(directory, id, own), URI.create("http://127.0.0.1:" + api));
    }

    private HttpResponse<String> send(Named controller, String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(controller.api().resolve(path))
                .timeout(TimeLimit.seconds(20))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return http.send(
                (body.isEmpty() ? request : request.header("Content-Type", "application/json")).build(),
                BodyHandlers.ofString());
    }
}
