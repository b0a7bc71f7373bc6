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

/** Controllers that are drained before their maintenance, with all programs as separate processes. */
class DrainIT {
    private static final int TASKS = 5;

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
        settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "operator");
    }

    @AfterEach
    void stop() {
        http.close();
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void agentsOfADrainedControllerConnectToTheOtherOneWithEveryLease() throws Exception {
        try (Named first = controller("controller-1");
                Named second = controller("controller-2")) {
            String controllers = first.process().uri() + "," + second.process().uri();
            Stream.of(first, second).map(Named::process).forEach(ControllerProcess::awaitReady);
            try (AgentView one = host("host-1", controllers);
                    AgentView other = host("host-2", controllers)) {
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS));
                int asked = sts.assumptions().size();

                assertThat(drain(second, "controller-1", "").body()).contains("not-this-controller", "controller-2");
                assertThat(drain(first, "controller-1", "").statusCode()).isEqualTo(200);

                awaitHosts("controller-2");
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS));
                assertThat(first.process().isReady()).isFalse();
                assertThat(get(first, "/api/v1/status")).contains("\"drain\":{\"since\":");
                assertThat(get(second, "/api/v1/agents").split("\"connected\":true", -1))
                        .hasSize(3);
                assertThat(get(first, "/api/v1/tasks"))
                        .contains("\"credentials\":\"all\"")
                        .doesNotContain("other-controller");
                assertThat(drain(second, "controller-2", "").body()).contains("no-other-controller");
                assertThat(second.process().isReady()).isTrue();

                assertThat(send(first, "DELETE", "controller-1", "").statusCode())
                        .isEqualTo(200);
                first.process().awaitReady();
                awaitHosts("controller-2");
                assertThat(drain(second, "controller-2", "").statusCode()).isEqualTo(200);
                awaitHosts("controller-1");
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS));

                assertThat(Stream.of(one, other).map(AgentView::log))
                        .as("a stream ends only when another one serves")
                        .allMatch(log -> log.contains("moved to another controller") && !log.contains("code=stopping"));
                assertThat(drain(first, "controller-1", "&confirm=true").statusCode())
                        .isEqualTo(200);
                assertThat(Stream.of(one, other).map(AgentView::leases)).containsOnly(TASKS);
                assertThat(sts.assumptions()).hasSize(asked);
                assertThat(database.query("select count(*) || ' ' || state from lease group by state"))
                        .containsExactly(2 * TASKS + " active");
                assertThat(database.query("select kind || ' ' || object from audit_event"
                                + " where kind like 'controller.%' order by id"))
                        .containsExactly(
                                "controller.drain-began controller:controller-1",
                                "controller.drain-ended controller:controller-1",
                                "controller.drain-began controller:controller-2",
                                "controller.drain-began controller:controller-1");
            }
        }
    }

    private Named controller(String id) throws IOException {
        int api = TestPort.claim();
        Map<String, String> own = new HashMap<>(settings);
        own.put("QUARKUS_HTTP_PORT", String.valueOf(api));
        return new Named(ControllerProcess.start(directory, id, own), URI.create("http://127.0.0.1:" + api));
    }

    /** Waits until every host is connected to this controller. */
    private void awaitHosts(String controller) {
        Awaitility.await("every host is at " + controller)
                .atMost(TimeLimit.seconds(20))
                .until(() -> database.query("select distinct controller_id || ' ' || state from agent")
                        .equals(List.of(controller + " connected")));
    }

    private HttpResponse<String> drain(Named controller, String id, String options) throws Exception {
        return send(controller, "POST", id, options);
    }

    private HttpResponse<String> send(Named controller, String method, String id, String options) throws Exception {
        URI drain = controller.api().resolve("/api/v1/controllers/" + id + "/drain?reason=test" + options);
        return http.send(
                HttpRequest.newBuilder(drain)
                        .timeout(TimeLimit.seconds(20))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private String get(Named controller, String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(controller.api().resolve(path))
                                .timeout(TimeLimit.seconds(20))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** A host with running tasks, and its agent. */
    private AgentView host(String hostname, String controllers) throws Exception {
        String id = master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
        IntStream.range(0, TASKS)
                .forEach(i -> master.cluster().launch(TaskSpec.command(id + "-task-" + i, framework, id, "web")));
        return AgentView.start(directory, ca, hostname, id, controllers);
    }
}
