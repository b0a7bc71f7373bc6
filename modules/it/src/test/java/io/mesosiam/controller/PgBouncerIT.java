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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controllers whose statements go through a pgbouncer in transaction mode, with all programs as separate processes. */
class PgBouncerIT {
    private static final int TASKS = 5;
    private static final String SESSION_URL = "QUARKUS_DATASOURCE_SESSION_REACTIVE_URL";
    private static final String POOLED = "QUARKUS_DATASOURCE_REACTIVE_POSTGRESQL_USE_LAYER7_PROXY";
    private static final String POLICY = """
            {"effect": "allow", "frameworkPrincipal": "svc", "iamRoleArn": "arn:aws:iam::111122223333:role/batch"}""";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestDatabase database = TestPostgres.database();
    private PgBouncer pgbouncer;
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa ca;
    private String framework;
    private Map<String, String> settings;

    @BeforeEach
    void startWhatStandsAround() throws IOException {
        pgbouncer = PgBouncer.start(directory, database);
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        ca = TestCa.in(directory);
        framework = master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        settings = ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
        settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
        settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin");
        // a change is noticed by its notification alone
        settings.put("MESOS_IAM_POLICY_POLL_INTERVAL", "10m");
        settings.put("QUARKUS_DATASOURCE_REACTIVE_URL", pgbouncer.reactiveUrl());
        settings.put(SESSION_URL, database.reactiveUrl());
        settings.put(POOLED, "true");
        settings.put("QUARKUS_DATASOURCE_REACTIVE_CACHE_PREPARED_STATEMENTS", "false");
    }

    @AfterEach
    void stop() {
        http.close();
        Stream.of(pgbouncer, master, sts, database)
                .filter(started -> started != null)
                .forEach(PgBouncerIT::close);
    }

    @Test
    void controllersServeFollowAuditAndDrainThroughPgbouncer() throws Exception {
        int api = TestPort.claim();
        Map<String, String> withApi = new HashMap<>(settings);
        withApi.put("QUARKUS_HTTP_PORT", String.valueOf(api));
        try (ControllerProcess first = ControllerProcess.start(directory, "controller-1", withApi);
                ControllerProcess second = ControllerProcess.start(directory, "controller-2", settings)) {
            Stream.of(first, second).forEach(ControllerProcess::awaitReady);
            String controllers = first.uri() + "," + second.uri();
            URI policy = URI.create("http://127.0.0.1:" + api + "/api/v1/namespaces/-/policies/all?reason=test");
            try (AgentView one = host("host-1", first.uri());
                    AgentView other = host("host-2", second.uri());
                    AgentView movable = host("host-3", controllers)) {
                assertThat(send(policy, "PUT", POLICY).statusCode()).isEqualTo(201);
                Stream.of(one, other, movable).forEach(agent -> agent.awaitLeases(TASKS));
                awaitRows("select state || ' ' || count(*) from lease group by state", "active " + 3 * TASKS);
                awaitRows(
                        "select kind || ' ' || count(*) from audit_event where kind = 'lease.issued' group by kind",
                        "lease.issued " + 3 * TASKS);
                assertThat(database.query("select actor from audit_event where kind = 'policy.created'"))
                        .containsExactly("loopback");

                database.execute("update policy set effect = 'deny', iam_role_arn = null where name = 'all'");
                Stream.of(one, other, movable).forEach(agent -> agent.awaitLeases(0));
                assertThat(send(policy, "PUT", POLICY).statusCode()).isEqualTo(200);
                Stream.of(one, other, movable).forEach(agent -> agent.awaitLeases(TASKS));

                try (ControllerProcess third = ControllerProcess.start(
                        directory, "third", with("MESOS_IAM_CHANNEL_CONTROLLER_ID", "controller-2"))) {
                    assertThat(third.awaitEnd()).isEqualTo(1);
                    assertThat(third.text()).contains("another controller with that id is running");
                }

                URI drain =
                        URI.create("http://127.0.0.1:" + api + "/api/v1/controllers/controller-1/drain?reason=test");
                assertThat(send(drain, "POST", "").statusCode()).isEqualTo(200);
                awaitRows("select controller_id from agent where hostname = 'host-3'", "controller-2");
                movable.awaitLeases(TASKS);
            }
        }
    }

    @Test
    void controllerDoesNotStartWithPgbouncerWhereItNeedsPostgresql() throws Exception {
        assertRefused(without(POOLED), "use-layer7-proxy", "is not true");
        assertRefused(without(SESSION_URL), "QUARKUS_DATASOURCE_REACTIVE_URL", "names another server or database than");
        Map<String, String> pooled = with(SESSION_URL, pgbouncer.reactiveUrl());
        pooled.put("QUARKUS_DATASOURCE_JDBC_URL", pgbouncer.jdbcUrl());
        assertRefused(pooled, "QUARKUS_DATASOURCE_JDBC_URL", "each transaction on another server connection");
    }

    private void assertRefused(Map<String, String> wrong, String... words) throws Exception {
        try (ControllerProcess refused = ControllerProcess.start(directory, "refused", wrong)) {
            assertThat(refused.awaitEnd()).as(refused.text()).isEqualTo(2);
            assertThat(refused.text()).contains(words);
        }
    }

    private Map<String, String> with(String setting, String value) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.put(setting, value);
        return changed;
    }

    private Map<String, String> without(String setting) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.remove(setting);
        return changed;
    }

    private void awaitRows(String query, String row) {
        Awaitility.await(row).atMost(TimeLimit.seconds(20)).until(() -> database.query(query)
                .equals(List.of(row)));
    }

    private HttpResponse<String> send(URI uri, String method, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(TimeLimit.seconds(20))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** A host with running tasks, and its agent. */
    private AgentView host(String hostname, String controllers) throws Exception {
        String id = master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
        IntStream.range(0, TASKS)
                .forEach(i -> master.cluster().launch(TaskSpec.command(id + "-task-" + i, framework, id, "web")));
        return AgentView.start(directory, ca, hostname, id, controllers);
    }

    private static void close(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
