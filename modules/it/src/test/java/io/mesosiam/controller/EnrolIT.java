package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.attest.MesosGroups;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a host, with all programs as separate processes: authority, join token, enrolment, rotation, eviction, return. */
class EnrolIT {
    private static final String HOST = "host-1.example";
    private static final String CONTAINER = "enrolled-task";
    private static final String CGROUPS =
            "mesos-iam-enrol-" + ProcessHandle.current().pid();
    private static final Pattern TOKEN = Pattern.compile("\"(mij_[0-9A-Za-z_-]+)\"");

    private static final String INTO_CONTAINER = "echo $$ > \"$0\" && exec \"$@\"";

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

    @BeforeEach
    void site() throws Exception {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        mesosAgent = master.cluster().register(new AgentSpec(HOST, "127.0.0.1", 5051, Map.of()));
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
        TestCa unused = TestCa.in(Files.createDirectory(directory.resolve("unused")));
        settings = ControllerProcess.settings(database, master, sts, unused, unused.issue("dns:localhost"));
        settings.remove("MESOS_IAM_CHANNEL_CA_FILE");
        settings.putAll(Map.of(
                "MESOS_IAM_CHANNEL_CERTIFICATE_FILE", file("controller.pem"),
                "MESOS_IAM_CHANNEL_KEY_FILE", file("controller.key"),
                "MESOS_IAM_ENROL_KEY_FILE", file("enrol.key"),
                "MESOS_IAM_ENROL_HOST", "127.0.0.1",
                "MESOS_IAM_ENROL_PORT", String.valueOf(enrolment),
                // renewed after 24 to 36 s
                "MESOS_IAM_ENROL_CERTIFICATE_LIFETIME", "1m",
                "QUARKUS_HTTP_PORT", String.valueOf(api),
                "MESOS_IAM_API_PLAIN_HTTP", "true",
                "MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin"));
        Files.writeString(directory.resolve("passphrase"), "correct horse battery\n");
        ca("init", "--root-file=" + file("root.pem"), "--passphrase-file=" + file("passphrase"));
        ca(
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
    void hostEnrolsServesRenewsItsCertificateIsEvictedAndReturns() throws Exception {
        assumeThat(Files.isWritable(CgroupConfig.detect(CGROUPS).hierarchy()))
                .as("rights to make cgroups")
                .isTrue();
        try (MesosGroups groups = new MesosGroups(CgroupConfig.detect(CGROUPS));
                ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            controller.awaitReady();
            String token = token(newToken());
            Files.writeString(directory.resolve("token"), token + "\n");
            Process container = inContainer(groups, "sleep", "86400");
            try {
                try (AgentProcess agent = agent(controller)) {
                    launch();
                    await("the task has credentials", () -> ask(groups, agent).contains("AccessKeyId"));
                    assertThat(agent.log()).contains("host enrolled");
                    Files.delete(directory.resolve("token"));

                    assertThat(asksUntilRenewed(groups, agent)).isPositive();

                    assertThat(agent.stop()).isZero();
                    assertThat(agent.log()).doesNotContain(token, "BEGIN", "unexpected failure");
                }
                assertThat(database.query("select proof from host_certificate order by issued_at"))
                        .startsWith("join-token", "rotation");

                try (AgentProcess restarted = agent(controller)) {
                    await("the task has credentials again", () -> ask(groups, restarted)
                            .contains("AccessKeyId"));
                    evict(restarted);
                    assertThat(restarted.log()).doesNotContain("host enrolled");
                    assertThat(ask(groups, restarted)).contains("HostEvicted").doesNotContain("AccessKeyId");
                    assertThat(restarted.log()).contains("code=HostEvicted");
                    int calls = sts.assumptions().size();
                    readmit();
                    await(
                            "it is enrolled again without a restart",
                            () -> restarted.log().contains("host enrolled"));
                    await("the task has credentials after the return", () -> ask(groups, restarted)
                            .contains("AccessKeyId"));
                    assertThat(sts.assumptions()).hasSize(calls);

                    evict(restarted);
                    assertThat(post("revocations?reason=stolen&confirm=1", "{\"mesosAgentId\":\"" + mesosAgent + "\"}"))
                            .contains("\"endedLater\":{\"leases\":1,\"hosts\":1,\"hostnames\":[\"" + HOST + "\"]");
                    readmit();
                    await("the revocation is in force at the return", () -> ask(groups, restarted)
                            .contains("Withdrawn"));
                    assertThat(sts.assumptions()).hasSize(calls);
                }
            } finally {
                container.destroyForcibly().waitFor();
            }
            assertThat(controller.text()).doesNotContain(token, "BEGIN PRIVATE KEY", "correct horse");
        }
    }

    private String newToken() throws IOException, InterruptedException {
        return post("join-tokens?reason=new+host", "{\"hostname\":\"" + HOST + "\"}");
    }

    private static String token(String answer) {
        Matcher token = TOKEN.matcher(answer);
        assertThat(token.find()).as(answer).isTrue();
        return token.group(1);
    }

    /** Requests credentials as the task, without a pause, until the certificate is renewed; none may fail. */
    private int asksUntilRenewed(MesosGroups groups, AgentProcess agent) throws Exception {
        int asks = 0;
        long end = System.nanoTime() + TimeLimit.seconds(60).toNanos();
        while (!agent.log().contains("certificate renewed")) {
            assertThat(System.nanoTime()).as("no renewal: " + agent.log()).isLessThan(end);
            assertThat(ask(groups, agent)).contains("AccessKeyId");
            asks++;
        }
        assertThat(ask(groups, agent)).contains("AccessKeyId");
        return asks;
    }

    private void evict(AgentProcess agent) throws Exception {
        long before = evictions(agent);
        String answer = post("hosts/" + HOST + "/evict?reason=stolen", "");
        long begun = System.nanoTime();
        assertThat(answer).contains("\"evicted\":true");
        Awaitility.await("the stream is ended")
                .atMost(EVICTED_WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> evictions(agent) > before);
        System.out.println("stream ended after an eviction in "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
    }

    private static long evictions(AgentProcess agent) throws IOException {
        return agent.log().lines().filter(line -> line.contains("code=evicted")).count();
    }

    private void readmit() throws IOException, InterruptedException {
        URI eviction = URI.create("http://127.0.0.1:" + api + "/api/v1/hosts/" + HOST + "/evict?reason=found");
        assertThat(http.send(HttpRequest.newBuilder(eviction).DELETE().build(), BodyHandlers.ofString())
                        .body())
                .contains("\"evicted\":false");
        Files.writeString(directory.resolve("token"), token(newToken()) + "\n");
    }

    private AgentProcess agent(ControllerProcess controller) throws IOException {
        return AgentProcess.start(
                AgentProgram.underTest(),
                directory,
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS",
                        controller.uri(),
                        "MESOS_IAM_AGENT_ENROL",
                        "https://localhost:" + enrolment,
                        "MESOS_IAM_AGENT_JOIN_TOKEN_FILE",
                        file("token"),
                        "MESOS_IAM_AGENT_STATE",
                        file("state"),
                        "MESOS_IAM_AGENT_HOSTNAME",
                        HOST,
                        "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                        mesosAgent,
                        "MESOS_IAM_AGENT_CGROUPS_ROOT",
                        CGROUPS,
                        "MESOS_IAM_AGENT_LISTEN",
                        "127.0.0.1:0"));
    }

    private void launch() {
        String framework =
                master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
        TaskKey task = master.cluster().launch(TaskSpec.command("task-1", framework, mesosAgent, "web"));
        master.cluster().starting(task, new Placement(List.of(CONTAINER), "127.0.0.1", 1));
        master.cluster().running(task);
    }

    private static Process inContainer(MesosGroups groups, String... command) throws IOException {
        return new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        "sh",
                                        "-c",
                                        INTO_CONTAINER,
                                        groups.groupOf(CONTAINER)
                                                .resolve("cgroup.procs")
                                                .toString()),
                                Stream.of(command))
                        .toList())
                .start();
    }

    private static String ask(MesosGroups groups, AgentProcess agent) throws Exception {
        Process curl = inContainer(groups, "curl", "-s", agent.endpoint().toString());
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        curl.waitFor();
        return answer;
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

    private String post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api + "/api/v1/" + path))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
