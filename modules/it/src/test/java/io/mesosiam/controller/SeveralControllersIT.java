package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two controllers of one cluster, as separate processes; each has one of the two hosts. */
class SeveralControllersIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SHARED = "arn:aws:iam::111122223333:role/lake";

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
        database.execute("""
                insert into policy (name, effect, framework_principal, credential_name, iam_role_arn, sharing)
                values ('shared', 'allow', 'svc', 'lake', '%s', 'role')""".formatted(SHARED));
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
    void changesByOneControllersApiReachTheHostsOfBoth() throws Exception {
        try (Named first = controller("controller-1");
                Named second = controller("controller-2")) {
            Stream.of(first, second).map(Named::process).forEach(ControllerProcess::awaitReady);
            try (AgentView own = host("host-1", first);
                    AgentView other = host("host-2", second)) {
                Stream.of(own, other).forEach(agent -> agent.awaitLeases(6));
                assertThat(database.query("select controller_id from agent order by hostname"))
                        .containsExactly("controller-1", "controller-2");
                assertThat(sts.assumptions())
                        .as("a session that tasks share is requested once by each controller")
                        .filteredOn(call -> call.parameter("RoleArn").equals(Optional.of(SHARED)))
                        .hasSize(2);

                Awaitility.await("the other controller's rows are written after its leases are served")
                        .atMost(TimeLimit.seconds(10))
                        .untilAsserted(() -> assertThat(explained(first))
                                .contains("\"controller\":\"controller-1\"", "\"controllerId\":\"controller-2\"")
                                .contains("\"state\":\"active\""));
                assertThat(tasks(first)).contains("\"controller\":\"controller-1\"", "host-2-one", "\"all\"");
                Stream.of(
                                "/api/v1/tasks?fields=taskId,credentials,reasonCode,credentialNames",
                                "/api/v1/leases?sort=-taskId",
                                "/api/v1/leases?limit=3",
                                "/api/v1/hosts",
                                "/api/v1/status",
                                "/api/v1/policy-versions/1",
                                "/api/v1/who-can?iamRoleArn=" + SHARED)
                        .forEach(path -> bothAnswer(path, first, second));
                JsonNode status = answered(first, "/api/v1/status");
                assertThat(status.path("complete").asBoolean()).isTrue();
                assertThat(status.findValuesAsText("controllerId")).startsWith("controller-1", "controller-2");
                assertThat(status.findValuesAsText("connectedHosts"))
                        .as("of both, neither is unknown")
                        .containsExactly("1", "1");
                Awaitility.await("both have run their checks again")
                        .atMost(TimeLimit.seconds(30))
                        .untilAsserted(() -> assertThat(
                                        answered(first, "/api/v1/status").findValues("notReady"))
                                .hasSize(2)
                                .allMatch(JsonNode::isEmpty));
                assertThat(status.path("policies").path("hosts").asInt()).isEqualTo(2);
                assertThat(status.path("policies").path("inEffect").asBoolean()).isTrue();
                assertThat(leases(first))
                        .as("each task of each host has two leases")
                        .hasSize(12);

                accepted(send(
                        first,
                        "POST",
                        "/api/v1/withdrawals?reason=test",
                        "{\"frameworkId\":\"" + framework + "\",\"taskId\":\"host-2-one\"}"));
                other.awaitLeases(4);
                own.awaitLeases(6);

                String deny = "/api/v1/namespaces/-/policies/not-two?reason=test";
                accepted(send(
                        first,
                        "PUT",
                        deny,
                        "{\"effect\":\"deny\",\"frameworkPrincipal\":\"svc\",\"taskName\":\"*-two\"}"));
                other.awaitLeases(2);
                own.awaitLeases(4);

                accepted(send(second, "DELETE", deny, ""));
                other.awaitLeases(4);
                own.awaitLeases(6);

                accepted(send(first, "POST", "/api/v1/hosts/host-2/evict?reason=test", ""));
                Awaitility.await("the host is refused")
                        .atMost(TimeLimit.seconds(20))
                        .until(() -> other.log().contains("code=evicted"));
                own.awaitLeases(6);
            }
        }
    }

    /** A host with three tasks, and its agent, which knows this controller only. */
    private AgentView host(String hostname, Named controller) throws Exception {
        String id = master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
        Stream.of("-one", "-two", "-three")
                .forEach(task -> master.cluster().launch(TaskSpec.command(hostname + task, framework, id, "web")));
        return AgentView.start(directory, ca, hostname, id, controller.process().uri());
    }

    private String explained(Named controller) throws Exception {
        return send(controller, "GET", "/api/v1/tasks/" + framework + "/host-2-one/explain", "")
                .body();
    }

    /** What an answer rests on, how old it is, and which controller answers, differ. */
    private void bothAnswer(String path, Named first, Named second) {
        Awaitility.await("rows are written after leases are served, and streams' ends before")
                .atMost(TimeLimit.seconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(answered(first, path)).isEqualTo(answered(second, path)));
    }

    private JsonNode answered(Named controller, String path) throws Exception {
        ObjectNode answer =
                (ObjectNode) JSON.readTree(send(controller, "GET", path, "").body());
        assertThat(answer.has("errors") || answer.has("code"))
                .as(answer.toString())
                .isFalse();
        Stream.of("controller", "ageSeconds", "mesosEventAgeSeconds", "policyReadAgeSeconds")
                .forEach(differs -> answer.findParents(differs).forEach(node -> ((ObjectNode) node).remove(differs)));
        return answer.without("basis");
    }

    private List<String> leases(Named controller) throws Exception {
        return answered(controller, "/api/v1/leases").findValuesAsText("leaseId");
    }

    private String tasks(Named controller) throws Exception {
        return send(controller, "GET", "/api/v1/tasks?fields=taskId,credentials", "")
                .body();
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
