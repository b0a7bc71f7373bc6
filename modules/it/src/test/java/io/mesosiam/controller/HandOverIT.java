package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.DatabaseProxy;
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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts whose controller stops, or cannot admit them yet, with all programs as separate processes. */
class HandOverIT {
    private static final int TASKS = 10;

    private static final Pattern IN_EFFECT_ON_ONE_OF_ONE =
            Pattern.compile("\"inEffect\":true.*\"hosts\":1,.*\"hostsInEffect\":1,");

    /** The guarantee is two seconds on an otherwise idle machine. */
    private static final Duration LONGEST_GAP = TimeLimit.seconds(2);

    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa ca;
    private TestCa.Identity identity;
    private String framework;

    @BeforeEach
    void startWhatStandsAround() throws IOException {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        ca = TestCa.in(directory);
        identity = ca.issue("dns:localhost");
        framework = master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
    }

    @AfterEach
    void stop() {
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void rollingRestartKeepsEveryHostConnectedAndEveryLease() throws Exception {
        Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, identity);
        try (ControllerProcess first = ControllerProcess.start(directory, "controller-1", settings);
                ControllerProcess second = ControllerProcess.start(directory, "controller-2", settings)) {
            String controllers = first.uri() + "," + second.uri();
            try (AgentView one = host("host-1", controllers);
                    AgentView other = host("host-2", controllers)) {
                Stream.of(first, second).forEach(ControllerProcess::awaitReady);
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS));
                int asked = sts.assumptions().size();
                List<AgentView.Gap> gaps = List.of(one.gap(), other.gap());

                assertThat(first.stop()).isZero();
                database.execute("""
                        insert into policy (name, effect, framework_principal, task_name, iam_role_arn)
                        values ('not-the-first', 'deny', 'svc', '*-task-0', null)""");
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS - 1));
                first.start();
                first.awaitReady();
                assertThat(second.stop()).isZero();
                Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS - 1));
                second.start();
                second.awaitReady();

                List<Duration> longest = gaps.stream().map(AgentView.Gap::end).toList();
                System.out.println("longest times without a stream in a rolling restart: " + longest);
                assertThat(longest).allSatisfy(gap -> assertThat(gap).isLessThan(LONGEST_GAP));
                assertThat(List.of(one.log(), other.log()))
                        .as("logs of the agents; those of the controllers are %s and %s", first.text(), second.text())
                        .allMatch(log -> log.contains("moved to another controller"))
                        .noneMatch(log -> log.contains("code=stopping"));
                assertThat(first.text()).doesNotContain("already registered");
                assertThat(sts.assumptions()).hasSize(asked);
                assertThat(database.query("select task_id from lease where state <> 'active' order by task_id"))
                        .hasSize(2)
                        .allMatch(task -> task.endsWith("task-0"));
                assertThat(database.query("select distinct kind from audit_event where kind like 'lease.f%'"))
                        .isEmpty();
            }
        }
    }

    @Test
    void agentsAreNotAskedToMoveToAControllerThatStops() throws Exception {
        Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, identity);
        try (ControllerProcess first = ControllerProcess.start(directory, "controller-1", settings);
                ControllerProcess second = ControllerProcess.start(directory, "controller-2", settings);
                // an agent that can't move, so that the first controller waits for it
                AgentView one = host("host-1", first.uri());
                AgentView other = host("host-2", second.uri())) {
            Stream.of(first, second).forEach(ControllerProcess::awaitReady);
            Stream.of(one, other).forEach(agent -> agent.awaitLeases(TASKS));
            CompletableFuture<Integer> stopping = CompletableFuture.supplyAsync(() -> stopped(first));
            Awaitility.await("the first controller waits for its agent")
                    .atMost(TimeLimit.seconds(20))
                    .until(() -> first.text().contains("agents asked to move"));

            assertThat(second.stop()).isZero();

            assertThat(second.text()).doesNotContain("agents asked to move");
            assertThat(stopping.join()).isZero();
        }
    }

    private static int stopped(ControllerProcess controller) {
        try {
            return controller.stop();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void hostIsAdmittedSoonAfterMesosAgentRegistrationAndControllerRestart() throws Exception {
        Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, identity);
        int api = TestPort.claim();
        settings.put("QUARKUS_HTTP_PORT", String.valueOf(api));
        settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
        settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "viewer");
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            controller.awaitReady();
            String registered = master.cluster().register(new AgentSpec("host-0", "127.0.0.1", 5051, Map.of()));
            String next = registered.replaceFirst("-S0$", "-S1");
            try (AgentView agent = AgentView.start(directory, ca, "host-1", next, controller.uri())) {
                awaitLog(agent, "code=not-registered");

                assertThat(master.cluster().register(new AgentSpec("host-1", "127.0.0.1", 5051, Map.of())))
                        .isEqualTo(next);
                launchOn(next);
                long begun = System.nanoTime();
                agent.awaitLeases(TASKS);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TimeLimit.seconds(3));
                awaitInEffect(
                        api,
                        "insert into policy (name, effect, framework_principal) values ('none', 'deny', 'nobody')");

                int asked = sts.assumptions().size();
                controller.stop();
                controller.start();
                controller.awaitReady();
                begun = System.nanoTime();
                agent.awaitLeases(TASKS);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONGEST_GAP);
                assertThat(sts.assumptions()).hasSize(asked);
            }
        }
    }

    @Test
    void secondControllerWithTheSameIdDoesNotStartOrClaimHosts() throws Exception {
        Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, identity);
        settings.put("MESOS_IAM_CHANNEL_CONTROLLER_ID", "the-same");
        try (ControllerProcess first = ControllerProcess.start(directory, "first", settings)) {
            first.awaitReady();
            try (AgentView agent = host("host-1", first.uri())) {
                agent.awaitLeases(TASKS);
                try (ControllerProcess second = ControllerProcess.start(directory, "second", settings)) {
                    assertThat(second.awaitEnd()).isEqualTo(1);
                    assertThat(second.text().lines().toList())
                            .filteredOn(line -> line.contains("can not start"))
                            .containsExactly("can not start: mesos-iam.channel.controller-id is the-same, and another"
                                    + " controller with that id is running. Set it to an id of its own on each"
                                    + " controller");
                    assertThat(database.query("select epoch from agent")).containsExactly("1");
                    assertThat(agent.leases()).isEqualTo(TASKS);

                    assertThat(first.stop()).isZero();
                    second.start();
                    second.awaitReady();
                }
            }
        }
    }

    @Test
    void stalledDatabaseEndsNoStreamAndNoLease() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(database.reactiveUrl())) {
            Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, identity);
            settings.replaceAll((name, value) ->
                    name.endsWith("_URL") ? value.replaceFirst(":[0-9]+/", ":" + proxy.port() + "/") : value);
            settings.put("MESOS_IAM_CHANNEL_CLAIM_TIMEOUT", "500ms");
            try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
                controller.awaitReady();
                String mesosAgentId = registered("host-1");
                try (AgentView before = AgentView.start(directory, ca, "host-1", mesosAgentId, controller.uri())) {
                    before.awaitLeases(TASKS);
                }
                int asked = sts.assumptions().size();

                proxy.silence(true);
                try (AgentView after = AgentView.start(directory, ca, "host-1", mesosAgentId, controller.uri())) {
                    after.awaitLeases(TASKS);
                    AgentView.Gap gap = after.gap();
                    proxy.silence(false);
                    Awaitility.await("the late claim is recorded")
                            .atMost(TimeLimit.seconds(10))
                            .until(() -> controller.text().contains("claim recorded within the stream"));

                    assertThat(gap.end()).isLessThan(LONGEST_GAP);
                    assertThat(after.leases()).isEqualTo(TASKS);
                    assertThat(sts.assumptions()).hasSize(asked);
                }
            }
        }
    }

    /** Changes the policies, and waits until the agent of the only host has confirmed their version. */
    private void awaitInEffect(int api, String change) {
        database.execute(change);
        URI version = URI.create("http://127.0.0.1:" + api + "/api/v1/policy-versions/"
                + database.query("select version from policy_version").getFirst());
        HttpRequest look =
                HttpRequest.newBuilder(version).timeout(TimeLimit.seconds(10)).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            Awaitility.await("the version is in effect on the host")
                    .atMost(TimeLimit.seconds(20))
                    .ignoreExceptionsMatching(IOException.class::isInstance)
                    .until(() -> IN_EFFECT_ON_ONE_OF_ONE
                            .matcher(http.send(look, BodyHandlers.ofString()).body())
                            .find());
        }
    }

    /** A host with running tasks, and its agent. */
    private AgentView host(String hostname, String controllers) throws Exception {
        return AgentView.start(directory, ca, hostname, registered(hostname), controllers);
    }

    private String registered(String hostname) {
        String id = master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
        launchOn(id);
        return id;
    }

    private void launchOn(String mesosAgentId) {
        IntStream.range(0, TASKS).forEach(i -> master.cluster()
                .launch(TaskSpec.command(mesosAgentId + "-task-" + i, framework, mesosAgentId, "web")));
    }

    private static void awaitLog(AgentView agent, String text) {
        Awaitility.await(text).atMost(TimeLimit.seconds(20)).until(() -> agent.log()
                .contains(text));
    }
}
